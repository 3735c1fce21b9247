import { expect } from 'chai';
import type { Attempt, Gathered } from '../../../../src/use-cases/token/attempt.js';
import { chargeShared } from '../../../../src/use-cases/token/shared-rate.js';
import { type SharedCharge } from '../../../../src/use-cases/token/attempt.js';
import type { SharedRate } from '../../../../src/domain/budget-ports.js';
import type { RateState } from '../../../../src/domain/budget.js';

const OWN: RateState = {
  ...{ limited: false, bucket: 'agent', limit: 60, perMinute: 300, remaining: 10 },
  ...{ retryAfterMs: 0, resetMs: 10_000 },
};
const SHARED: SharedRate = { ...OWN, bucket: 'owner', limit: 600, remaining: 400 };
const NOW = {
  agent: { spec: { id: 'a', owner: 'acme' } },
  request: { scopes: ['pay'] },
  resource: { spec: { scopes: [{ name: 'pay', risk: 'high', description: '' }] } },
  context: { deadlineMs: 99 },
} as unknown as Attempt;

function subject(answer: SharedRate | undefined, own: Partial<RateState> = {}) {
  const asked: unknown[] = [];
  const deps = {
    costs: () => ({ low: 1, medium: 1, high: 4, critical: 5 }),
    sharedBudgets: {
      take: (...args: unknown[]) => {
        asked.push(args);
        return Promise.resolve(answer);
      },
    },
  };
  const gathered = { rate: { ...OWN, ...own } } as Gathered;
  const charge: SharedCharge = {};
  return { asked, run: async () => (await chargeShared(deps, NOW, gathered, charge)).rate };
}

describe('the budgets an agent shares', () => {
  it('are charged once in all rounds of a request, by its cost and until its deadline', async () => {
    for (const answer of [SHARED, undefined]) {
      const { asked, run } = subject(answer);
      for (let round = 0; round < 3; round++) await run();
      expect(asked).to.deep.equal([['acme', 4, 99]]);
    }
  });

  it('are in the answer when they are the tightest, or exhausted', async () => {
    expect(await subject(SHARED).run()).to.include({ bucket: 'agent', remaining: 10 });
    expect(await subject({ ...SHARED, remaining: 3 }).run()).to.include({ bucket: 'owner' });
    const empty = { ...SHARED, limited: true, retryAfterMs: 700 };
    expect(await subject(empty, { remaining: 0 }).run()).to.include({
      ...{ limited: true, bucket: 'owner', retryAfterMs: 700 },
    });
    expect(await subject(undefined).run()).to.deep.equal(OWN);
  });

  it("refuse for at least as long as the agent's budgets do", async () => {
    const empty = { ...SHARED, limited: true, retryAfterMs: 700 };
    const own = { remaining: 0, retryAfterMs: 5000 };
    expect(await subject(empty, own).run()).to.include({ bucket: 'owner', retryAfterMs: 5000 });
  });
});
