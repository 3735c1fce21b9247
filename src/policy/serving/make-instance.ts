import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Bundle } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import type { HostBuiltins } from '../builtins/host-builtin.js';
import type { RunLater } from './deferred.js';
import { EngineFault } from './fault.js';
import { canonicalJson } from '../json/canonical.js';
import { PROBE_INPUT } from './probe.js';
import { readResult, RESULT_LIMITS } from './result.js';
import { moduleProblems } from '../wasm/exports.js';
import { PolicyInstance } from '../wasm/instance.js';
import { memoryLimits } from '../wasm/memory-import.js';

export interface InstanceLimits {
  readonly memoryMaxBytes: number;
  readonly heapResetBytes: number;
  readonly recycleGrowthBytes: number;
  /** Counts the fuel of each evaluation as on a fresh instance; slower, for replay. */
  readonly asFresh?: boolean;
}

const WARM_EVALUATIONS = 20;
const MIB = 1024 * 1024;
const MAX_MEMORY_BYTES = 2048 * MIB - 65_536;

export const DEFAULT_INSTANCE_LIMITS: InstanceLimits = {
  memoryMaxBytes: 64 * MIB,
  heapResetBytes: 4 * MIB,
  recycleGrowthBytes: 16 * MIB,
};

/**
 * Creates an instance of a bundle in addition to the serving one, then warms it with a probe.
 * A first evaluation takes many times as long. With `runLater` a spare is kept for evaluations that use up their fuel.
 * Throws BundleRefused.
 */
export async function makeInstance(
  bundle: Bundle,
  entrypoint: string,
  builtins: HostBuiltins,
  limits: InstanceLimits,
  runLater?: RunLater,
): Promise<PolicyInstance> {
  const options = { ...limits, ...(runLater === undefined ? {} : { runLater }) };
  const instance = await buildInstance(bundle, entrypoint, builtins, options, RESULT_LIMITS.bytes);
  // Loading a megabyte of data blocks for about 20 ms: waiting requests are answered first.
  await turnOfTheLoop();
  warm(instance);
  return instance;
}

/**
 * Checks the module, its builtins and its entrypoint, and loads the data, without evaluating.
 * Throws BundleRefused.
 */
export async function buildInstance(
  bundle: Bundle,
  entrypoint: string,
  builtins: HostBuiltins,
  limits: InstanceLimits & { readonly runLater?: RunLater },
  resultMaxBytes: number,
): Promise<PolicyInstance> {
  if (limits.memoryMaxBytes > MAX_MEMORY_BYTES) {
    throw new RangeError('memoryMaxBytes must stay under 2 GiB: addresses above it are negative');
  }
  const policy = bundle.modules.get(entrypoint);
  if (policy === undefined) {
    const there = [...bundle.modules.keys()].join(', ');
    throw new BundleRefused('entrypoint_missing', [`no ${entrypoint}; it has: ${there}`]);
  }
  const { original, metered } = policy;
  if (!metered.ok) throw new BundleRefused('wasm_invalid', [metered.problem]);
  const module = await compile(metered.wasm);
  const problems = moduleProblems(module);
  if (problems.length > 0) throw new BundleRefused('wasm_invalid', problems);
  return instantiate({
    module,
    memory: limitsOf(original),
    data: bundle.data,
    builtins,
    entrypoint,
    resultMaxBytes,
    ...limits,
  });
}

async function compile(wasm: Uint8Array): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(new Uint8Array(wasm));
  } catch (error) {
    throw new BundleRefused('wasm_invalid', ['the module does not compile'], error);
  }
}

function limitsOf(wasm: Uint8Array): ReturnType<typeof memoryLimits> {
  try {
    return memoryLimits(wasm);
  } catch (error) {
    throw new BundleRefused('wasm_invalid', ['the memory import cannot be read'], error);
  }
}

function instantiate(options: ConstructorParameters<typeof PolicyInstance>[0]): PolicyInstance {
  try {
    return new PolicyInstance(options);
  } catch (error) {
    if (!(error instanceof EngineFault)) throw error;
    if (error.fault === 'missing_builtin') {
      throw new BundleRefused('missing_builtin', error.message.split(', '), error);
    }
    throw new BundleRefused('wasm_invalid', [`${error.fault}: ${error.message}`], error);
  }
}

/**
 * Evaluates a probe until the code is warm: a first evaluation takes many times as long.
 * Throws BundleRefused.
 */
export function warm(instance: PolicyInstance): void {
  const probe = new TextEncoder().encode(canonicalJson(PROBE_INPUT));
  for (let i = 0; i < WARM_EVALUATIONS; i++) {
    let text: string | undefined;
    try {
      text = instance.evaluate(probe);
    } catch (error) {
      const why = error instanceof EngineFault ? `${error.fault}: ${error.message}` : 'it threw';
      throw new BundleRefused('decision_invalid', [`the probe ended in a fault, ${why}`], error);
    }
    const checked = readResult(text);
    if (checked.ok) continue;
    throw new BundleRefused(
      'decision_invalid',
      checked.problems.map(({ pointer, message }) => `decision on the probe${pointer}: ${message}`),
    );
  }
}
