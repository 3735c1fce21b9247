import { expect } from 'chai';
import fc from 'fast-check';
import { Candidate } from '../../../../src/policy/admission/candidate.js';
import { look } from '../../../../src/policy/admission/properties/look.js';
import { measureBudget } from '../../../../src/policy/admission/steps/budget.js';
import { testProperties } from '../../../../src/policy/admission/steps/properties.js';
import { Whereabouts } from '../../../../src/policy/admission/whereabouts.js';
import { DEFAULT_INSTANCE_LIMITS } from '../../../../src/policy/serving/make-instance.js';
import { PROBE_INPUT } from '../../../../src/policy/serving/probe.js';
import { committedBundle } from '../../../support/stored-bundles.js';
import { OPTIONS } from './policies.js';

const where = new Whereabouts(Whereabouts.memory());
const inMs = (ms: number): number => performance.now() + ms;

async function defaultPolicy(): Promise<Candidate> {
  const bundle = await committedBundle();
  return Candidate.open(bundle, 'countersign/decision', DEFAULT_INSTANCE_LIMITS, where);
}

/** Returns the candidate with some members replaced. */
function changed(candidate: Candidate, members: Partial<Candidate>): Candidate {
  return Object.assign(Object.create(candidate) as Candidate, members);
}

describe('admission of a slow policy, or on a slow machine', function () {
  this.timeout(120_000);

  it('refuses when less than a hundred inputs were tested in time, and says so', async () => {
    const candidate = await defaultPolicy();
    const slow = changed(candidate, {
      decide: (document) => {
        for (const endMs = inMs(2); performance.now() < endMs;);
        return candidate.decide(document);
      },
    });
    const { problems = [] } = testProperties(slow, [], OPTIONS, where, inMs(3000));
    expect(problems[0]).to.match(
      /^too slow to be tested: only [0-9]+ inputs within the time limit, and 100 must be; raise policy.admission.deadline_ms/,
    );
  });

  it('tests the fewest inputs beyond the usual time', () => {
    const verdict = { effect: 'deny', scopes: [], ttlSeconds: 0 } as const;
    // Slow enough that only a few fit into the shortest limit.
    const decide = (): typeof verdict => {
      for (const endMs = inMs(1); performance.now() < endMs;);
      return verdict;
    };
    const denies = { decide, decideBytes: decide };
    const inputs = fc.constant(PROBE_INPUT);
    const trial = { candidate: denies, inputs, examples: [], seed: 1, runs: 1_000_000 };
    const ended = { endMs: inMs(-1), fewest: 100, lateMs: inMs(60_000) };
    expect(look(trial, [], where, ended).inputs).to.equal(100);
    expect(look({ ...trial, runs: 7 }, [], where, { ...ended, endMs: inMs(60_000), fewest: 7 }))
      .to.have.property('inputs')
      .that.equals(7);
  });

  it('lists each warning about the largest inputs once, for two inputs that they are built around', async () => {
    const other = { ...PROBE_INPUT, agent: { ...PROBE_INPUT.agent, id: 'another' } };
    const inputs = { granted: [PROBE_INPUT, other], arbitrary: fc.constant(PROBE_INPUT) };
    const options = { ...OPTIONS, evaluationMaxMs: 20, largestMaxMs: 60_000 };
    const { warnings = [] } = measureBudget(
      await defaultPolicy(),
      { ...inputs, origins: { cases: 0, recorded: 0, registry: 0, constants: 0 } },
      options,
      where,
      inMs(100_000),
    );
    const slow = warnings.filter((one) => one.includes('one evaluation takes'));
    const names = slow.map((one) => one.split(':')[0]);
    expect(names).to.include('the largest number of grants');
    expect(names).to.deep.equal([...new Set(names)]);
  });

  it('evaluates each of the largest inputs once, for time and fuel', async () => {
    const candidate = await defaultPolicy();
    const times = new Map<string, number>();
    const counting = changed(candidate, {
      fresh: (fuel) => {
        const fresh = candidate.fresh(fuel);
        return changed(fresh, {
          decideBytes: (input) => {
            const text = Buffer.from(input).toString();
            times.set(text, (times.get(text) ?? 0) + 1);
            return fresh.decideBytes(input);
          },
        });
      },
    });
    const patient = { ...OPTIONS, evaluationMaxMs: 60_000, largestMaxMs: 60_000 };
    const found = measureBudget(counting, undefined, patient, where, inMs(100_000));
    const largest = [...times].filter(([text]) => text.length > 16_384);
    expect(largest.filter(([, count]) => count !== 1)).to.deep.equal([]);
    expect(largest.length).to.be.at.least(3);
    expect(found.warnings?.join()).to.contain('the largest number of grants uses up');
  });
});
