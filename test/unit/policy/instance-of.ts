import { hostBuiltins } from '../../../src/policy/builtins/index.js';
import { PolicyInstance, type InstanceOptions } from '../../../src/policy/wasm/instance.js';
import { memoryLimits } from '../../../src/policy/wasm/memory-import.js';
import { addFuel } from '../../../src/policy/wasm/fuel/add-fuel.js';
import { fixtureBundle, type BundleSource } from '../../support/bundles/build.js';

const MIB = 1024 * 1024;

/** A bare instance of a fixture: what stands under the engine, without the checks of its input and result. */
export async function instanceOf(
  source: BundleSource,
  options: Partial<InstanceOptions> = {},
): Promise<PolicyInstance> {
  const bundle = await fixtureBundle(source);
  const entrypoint = options.entrypoint ?? 'countersign/decision';
  const wasm = bundle.modules.get(entrypoint)?.original ?? new Uint8Array();
  return new PolicyInstance({
    module: new WebAssembly.Module(new Uint8Array(addFuel(wasm))),
    memory: memoryLimits(wasm),
    data: bundle.data,
    builtins: hostBuiltins,
    entrypoint,
    memoryMaxBytes: 64 * MIB,
    heapResetBytes: 4 * MIB,
    recycleGrowthBytes: 16 * MIB,
    resultMaxBytes: MIB,
    ...options,
  });
}
