import { expect } from 'chai';
import fc from 'fast-check';
import type { PolicyInput, PolicyResult } from '../../src/domain/policy.js';
import type { PolicyEngine } from '../../src/policy/serving/engine.js';
import { EXAMPLE_NAMES } from '../../scripts/lib/example-policy.mjs';
import { arbitraryExampleInput } from '../policy/example-input.js';
import { exampleEngine, readExample } from '../policy/examples.js';
import { OPA_TIMEOUT_MS } from '../policy/opa-eval.js';

const TRAP = 'trap:7';
const HONEY_SCORE = 1.5;

/** Sums of squares of a score without honey; 1, 9 and 19 are at limits of the policies and of learning agents. */
const squares = fc.constantFrom(0, 0.2, 1, 2.3, 7 / 3, 4, 9, 19, 30);
const scoreOf = (sum: number): number => sum / (sum + 1);

interface Probe {
  readonly input: PolicyInput;
  /** Requests the trap, alone or after the scopes of the input. */
  readonly asks: 'held' | 'trap' | 'both';
  readonly sum: number;
  readonly honey: number;
}

/** The input of an agent to which the trap is an unknown scope, or a honey scope after `honey` of them. */
function inputOf({ input, asks, sum, honey }: Probe, baited: boolean): PolicyInput {
  const { request, resource, signals } = input;
  const scopes = { held: request.scopes, trap: [TRAP], both: [...request.scopes, TRAP] }[asks];
  const score = HONEY_SCORE * honey;
  const term = { name: 'honey_60m', value: honey, expected: 0, score } as const;
  const trap = { name: TRAP, risk: 'low', description: '', honey: true } as const;
  return {
    ...input,
    request: { ...request, scopes },
    resource: baited ? { ...resource, scopes: [...resource.scopes, trap] } : resource,
    signals: {
      ...signals,
      anomaly: scoreOf(baited ? sum + score * score : sum),
      terms: baited ? [term] : [],
    },
  };
}

for (const name of EXAMPLE_NAMES) {
  describe(`the example policy ${name}`, function () {
    this.timeout(OPA_TIMEOUT_MS);
    const example = readExample(name);
    const probes: fc.Arbitrary<Probe> = fc.record({
      input: arbitraryExampleInput(example.cases),
      asks: fc.constantFrom('held', 'trap', 'both'),
      sum: squares,
      honey: fc.integer({ min: 1, max: 4 }),
    });
    let engine: PolicyEngine;
    const answer = async (input: PolicyInput): Promise<Omit<PolicyResult, 'obligations'>> => {
      const { obligations: _, ...seen } = (await engine.decide(input)).result;
      return seen;
    };
    before(async () => {
      engine = await exampleEngine(example);
    });

    it('answers after honey as after unknown scopes', async () => {
      const effects = new Set<string>();
      await fc.assert(
        fc.asyncProperty(probes, async (probe) => {
          const plain = await answer(inputOf(probe, false));
          effects.add(`${probe.asks} ${plain.effect}`);
          expect(await answer(inputOf(probe, true))).to.deep.equal(plain);
        }),
        { numRuns: 1000 },
      );
      // Denials alone would be equal for another reason.
      expect([...effects]).to.include.members(['held allow', 'both narrow', 'trap deny']);
    });

    it('does not name the score where no scope would be granted', async () => {
      const [one] = example.cases;
      const probe = { input: one!.input, asks: 'trap', honey: 1 } as const;
      const [usual, odd] = await Promise.all(
        [0, 30].map((sum) => answer(inputOf({ ...probe, sum }, false))),
      );
      expect(odd).to.deep.equal(usual);
    });
  });
}
