import { expect } from 'chai';
import fc from 'fast-check';
import type { PolicyResult } from '../../src/domain/policy.js';
import { scopeCovers } from '../../src/domain/scope.js';
import { canonicalJson } from '../../src/policy/json/canonical.js';
import { compileCheck } from '../../src/schema/compile.js';
import { arbitraryInput } from './arbitrary-input.js';
import { OPA_TIMEOUT_MS, opaDecisions, opaEvalEach } from './opa-eval.js';
import { readJson } from './policy-case.js';
import { servedEngine } from './served-engine.js';

const BATCH = 1000;
/** Each effect comes up a hundred times and more, and every run has other inputs; a night has a million. */
// `scripts/differential.mjs` sets another number.
const INPUTS = Number(process.env['DIFFERENTIAL_INPUTS'] ?? 4000);

// One run of opa answers a whole batch, so a failure is not shrunk: the input that differs is printed.
describe('the bundle and its sources', function () {
  this.timeout(INPUTS > 4000 ? 0 : OPA_TIMEOUT_MS);

  it(`decide alike on ${String(INPUTS)} generated inputs`, async () => {
    const engine = await servedEngine();
    const matches = compileCheck(
      readJson(new URL('../../rego/schemas/input.json', import.meta.url)) as object,
    );
    const effects = new Map<PolicyResult['effect'], number>();
    const batches = fc.array(arbitraryInput, { minLength: BATCH, maxLength: BATCH, size: 'max' });
    await fc.assert(
      fc.asyncProperty(batches, async (inputs) => {
        const fromSources = opaDecisions(inputs);
        for (const [position, input] of inputs.entries()) {
          expect(matches(input).ok, canonicalJson(input)).to.equal(true);
          const { result } = await engine.decide(input);
          effects.set(result.effect, (effects.get(result.effect) ?? 0) + 1);
          expect(result, canonicalJson(input)).to.deep.equal(fromSources[position]);
        }
      }),
      { numRuns: Math.ceil(INPUTS / BATCH), endOnFailure: true },
    );
    // Inputs that are all denied would compare nothing.
    for (const effect of ['allow', 'narrow', 'review', 'deny'] as const) {
      expect(effects.get(effect) ?? 0, effect).to.be.greaterThan(BATCH / 50);
    }
  });

  it('match scopes as the service does', () => {
    const segment = fc.constantFrom('a', 'b', 'ab', '*');
    const scope = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(':'));
    const pairs = fc.sample(fc.tuple(scope, scope), 2000);
    const covers = opaEvalEach('data.countersign.scopes.covers(item[0], item[1])', pairs);
    let covered = 0;
    for (const [position, [wide, narrow]] of pairs.entries()) {
      expect(covers[position] === true, `${wide} ${narrow}`).to.equal(scopeCovers(wide, narrow));
      covered += scopeCovers(wide, narrow) ? 1 : 0;
    }
    expect(covered).to.be.greaterThan(100);
  });
});
