import { expect } from 'chai';
import fc from 'fast-check';
import { createEvaluationBudget } from '../../../src/authorize/evaluation-budget.js';
import { CountersignError } from '../../../src/domain/errors.js';

const LIMIT = { burst: 60, perSecond: 2 };

function budgetAt() {
  let nowMs = 1_000_000;
  const budget = createEvaluationBudget({ clock: { nowMs: () => nowMs } });
  /** Undefined when it was taken, else the seconds to wait. */
  const charge = (caller: string, evaluations: number): number | undefined => {
    try {
      budget.charge(caller, evaluations, LIMIT);
      return undefined;
    } catch (error) {
      if (!(error instanceof CountersignError) || error.code !== 'slow_down') throw error;
      return error.fields.retryAfterSeconds;
    }
  };
  return { charge, wait: (ms: number) => void (nowMs += ms) };
}

describe('the evaluation budget of a caller', () => {
  it('never takes more than burst + rate × T over any window T', () => {
    const step = fc.record({
      waitMs: fc.integer({ min: -500, max: 20_000 }),
      evaluations: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const { charge, wait } = budgetAt();
        const taken: { atMs: number; evaluations: number }[] = [];
        let atMs = 0;
        for (const { waitMs, evaluations } of steps) {
          wait(waitMs);
          atMs += Math.max(0, waitMs);
          if (charge('a', evaluations) === undefined) taken.push({ atMs, evaluations });
          for (const [i, first] of taken.entries()) {
            const sum = taken.slice(i).reduce((all, one) => all + one.evaluations, 0);
            const bound = LIMIT.burst + ((atMs - first.atMs) / 1000) * LIMIT.perSecond;
            // A clock that steps back may be believed once it is ahead again.
            const slack = steps.filter((one) => one.waitMs < 0).length * 0.5 * LIMIT.perSecond;
            expect(sum).to.be.at.most(bound + slack + 1e-6);
          }
        }
      }),
    );
  });

  it('says how long to wait, and that is long enough; a refusal takes nothing', () => {
    const { charge, wait } = budgetAt();
    expect(charge('a', 50)).to.equal(undefined);
    const seconds = charge('a', 50) ?? 0;
    expect(seconds).to.equal(20);
    expect(charge('a', 50)).to.equal(20);
    wait(seconds * 1000);
    expect(charge('a', 50)).to.equal(undefined);
  });

  it('is each caller’s own, and bounded however many there are', () => {
    const { charge } = budgetAt();
    charge('a', 60);
    expect(charge('b', 60)).to.equal(undefined);
    expect(charge('a', 1)).to.equal(1);
    for (let i = 0; i < 10_001; i++) charge(`caller-${String(i)}`, 1);
    // Forgotten with the oldest: a full budget, never more.
    expect(charge('a', 60)).to.equal(undefined);
    expect(charge('a', 1)).to.equal(1);
  });
});
