import { expect } from 'chai';
import fc from 'fast-check';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../../src/policy/json/canonical.js';
import { readBundle, type Bundle } from '../../src/policy/bundle/read.js';
import { EVALUATION_FUEL } from '../../src/policy/wasm/fuel/cost.js';
import { PolicyInstance } from '../../src/policy/wasm/instance.js';
import { memoryLimits } from '../../src/policy/wasm/memory-import.js';
import { hostBuiltins } from '../../src/policy/builtins/index.js';
import { arbitraryInput } from '../policy/arbitrary-input.js';
import { BarePolicy } from '../support/bundles/bare-policy.js';

const BUNDLE = fileURLToPath(new URL('../../bundles/countersign', import.meta.url));
const ENTRYPOINT = 'countersign/decision';
const MIB = 1024 * 1024;

describe('fuel', function () {
  this.timeout(120_000);
  let original: BarePolicy;
  let metered: PolicyInstance;
  let bundle: Bundle;

  before(async () => {
    bundle = await readBundle(BUNDLE, { verification: 'off' });
    const module = bundle.modules.get(ENTRYPOINT);
    if (module?.metered.ok !== true) throw new Error('the bundle is not as it should be');
    const { original: bytes, metered: run } = module;
    original = new BarePolicy(bytes, new WebAssembly.Module(new Uint8Array(bytes)), bundle.data);
    metered = new PolicyInstance({
      module: new WebAssembly.Module(new Uint8Array(run.wasm)),
      memory: memoryLimits(bytes),
      data: bundle.data,
      builtins: hostBuiltins,
      entrypoint: ENTRYPOINT,
      memoryMaxBytes: 64 * MIB,
      heapResetBytes: 4 * MIB,
      recycleGrowthBytes: 16 * MIB,
      resultMaxBytes: MIB,
    });
  });

  it('changes no result of the default policy, and a hundredth of the budget is enough for most', () => {
    const used: number[] = [];
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const text = canonicalJson(input);
        expect(metered.evaluate(Buffer.from(text))).to.equal(original.evaluate(ENTRYPOINT, text));
        used.push(metered.fuelUsed);
      }),
      { numRuns: 500 },
    );
    const sorted = used.sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).to.be.lessThan(EVALUATION_FUEL / 100);
    expect(sorted.at(-1)).to.be.lessThan(EVALUATION_FUEL / 10);
  });

  it('is equal for one input on two fresh instances, and one unit less ends the evaluation', () => {
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const bytes = Buffer.from(canonicalJson(input));
        const [first, second] = [metered.another(), metered.another()];
        first.evaluate(bytes);
        second.evaluate(bytes);
        expect(second.fuelUsed).to.equal(first.fuelUsed);
        const enough = metered.another(first.fuelUsed);
        enough.evaluate(bytes);
        const short = metered.another(first.fuelUsed - 1);
        expect(() => short.evaluate(bytes))
          .to.throw()
          .with.property('fault', 'budget');
      }),
      { numRuns: 30 },
    );
  });
});
