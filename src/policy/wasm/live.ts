import type { HostBuiltins } from '../builtins/host-builtin.js';
import { classifyFault, EngineFault } from '../serving/fault.js';
import { abiVersion, type PolicyExports } from './exports.js';
import { EVALUATION_FUEL, loadingFuel } from './fuel/cost.js';
import { budgetFault, tankOf, type FuelTank } from './fuel/tank.js';
import { PolicyImports } from './imports.js';
import { loadedPolicy, type LoadedPolicy } from './loaded-policy.js';
import type { MemoryLimits } from './memory-import.js';
import { parseInto } from './memory-text.js';
import { readResultSet } from './result-text.js';

export const PAGE_BYTES = 65_536;

export interface InstanceOptions {
  /** A module with fuel. */
  readonly module: WebAssembly.Module;
  readonly memory: MemoryLimits;
  /** JSON text of the bundle's data, an object. */
  readonly data: Uint8Array;
  readonly builtins: HostBuiltins;
  /** Name in the manifest, such as `countersign/decision`. */
  readonly entrypoint: string;
  readonly memoryMaxBytes: number;
  /**
   * Maximum heap growth since the first evaluation after a reset, in bytes.
   * More growth resets the heap, which drops the patterns that the first evaluation compiled.
   */
  readonly heapResetBytes: number;
  /** Maximum memory growth since the first evaluation, in bytes. More growth recreates the instance. */
  readonly recycleGrowthBytes: number;
  readonly resultMaxBytes: number;
  /** Units of fuel of one evaluation; EVALUATION_FUEL by default. */
  readonly fuel?: number;
  /** Resets the heap before each evaluation, so that no earlier one affects its fuel. */
  readonly asFresh?: boolean;
  /** Runs a job when idle, to build a spare; without it a spare is built when it is needed. */
  readonly runLater?: (job: () => void) => void;
}

/** A WASM instance with its memory and data. */
export interface Live {
  readonly imports: PolicyImports;
  readonly policy: LoadedPolicy;
  readonly entrypoint: number;
  exports: PolicyExports;
  fuel: FuelTank;
  /** Whether it was given an input: its heap and its compiled patterns then affect the fuel of the next one. */
  used: boolean;
  /** Size of the memory after the first evaluation; undefined before it. */
  firstBytes: number | undefined;
  /** Heap in use after the first evaluation since the last reset; undefined before it. */
  firstHeap: number | undefined;
}

/** Creates a fresh instance with its own memory and loads the data. Throws EngineFault. */
export function build(options: InstanceOptions): Live {
  const maximum = Math.floor(options.memoryMaxBytes / PAGE_BYTES);
  const { minPages, maxPages } = options.memory;
  if (minPages > maximum) {
    throw new EngineFault('out_of_memory', `the policy needs ${String(minPages)} pages of memory`);
  }
  const memory = new WebAssembly.Memory({
    initial: minPages,
    maximum: Math.min(maximum, maxPages ?? maximum),
  });
  const imports = new PolicyImports(memory, options.builtins);
  let fuel: FuelTank | undefined;
  try {
    const instance = new WebAssembly.Instance(options.module, imports.object());
    fuel = tankOf(instance);
    fuel.fill(loadingFuel(options.data.byteLength));
    const { major, minor } = abiVersion(instance);
    if (major !== 1) throw new EngineFault('abort', `ABI version ${String(major)} is not 1`);
    const exports = exportsOf(instance);
    const missing = imports.bind(exports);
    if (missing.length > 0) throw new EngineFault('missing_builtin', missing.join(', '));
    imports.exports = exports;
    imports.fuel = fuel;
    const policy = loadedPolicy(instance, options.module, memory, minor);
    policy.setData(new Uint8Array(options.data).buffer);
    const entrypoint = entrypointNumber(policy, options.entrypoint);
    const unused = { firstBytes: undefined, firstHeap: undefined };
    return { imports, policy, entrypoint, exports, fuel, used: false, ...unused };
  } catch (error) {
    throw classifyFault(budgetFault(error, fuel, 'loading the data'));
  }
}

/** Creates an instance over the existing memory: the data stays loaded and the shadow stack is reset. */
export function revive(live: Live, options: InstanceOptions): Live {
  const instance = new WebAssembly.Instance(options.module, live.imports.object());
  const exports = exportsOf(instance);
  const fuel = tankOf(instance);
  live.imports.exports = exports;
  live.imports.fuel = fuel;
  live.fuel = fuel;
  exports.opa_heap_ptr_set(live.policy.dataHeapPtr);
  live.exports = exports;
  live.firstHeap = undefined;
  return live;
}

/** Uses the ABI 1.0 calls, because `opa_eval` would compile every pattern at each call. */
export function run(live: Live, options: InstanceOptions, input: Uint8Array): string | undefined {
  const { exports, policy, imports } = live;
  live.used = true;
  live.fuel.fill(options.fuel ?? EVALUATION_FUEL);
  resetHeapIfFull(live, options);
  const inputAddress = parseInto(exports, imports.memory, input);
  const context = exports.opa_eval_ctx_new();
  exports.opa_eval_ctx_set_input(context, inputAddress);
  exports.opa_eval_ctx_set_data(context, policy.dataAddr);
  exports.opa_eval_ctx_set_entrypoint(context, live.entrypoint);
  const code = exports.eval(context);
  if (code !== 0) throw new EngineFault('abort', `eval returned ${String(code)}`);
  const raw = exports.opa_json_dump(exports.opa_eval_ctx_get_result(context));
  live.firstHeap ??= heapUsed(live);
  return readResultSet(imports.memory, raw, options.resultMaxBytes);
}

function resetHeapIfFull(live: Live, options: InstanceOptions): void {
  const used = heapUsed(live);
  const always = options.asFresh === true && used > 0;
  const full = used > (live.firstHeap ?? 0) + options.heapResetBytes;
  // Half of the memory is kept free: a full heap must not make the next request fail.
  if (!always && !full && used <= options.memoryMaxBytes / 2) return;
  live.exports.opa_heap_ptr_set(live.policy.dataHeapPtr);
  live.firstHeap = undefined;
}

function heapUsed({ exports, policy }: Live): number {
  return (exports.opa_heap_ptr_get() >>> 0) - policy.dataHeapPtr;
}

function entrypointNumber(policy: LoadedPolicy, name: string): number {
  const number = Object.hasOwn(policy.entrypoints, name) ? policy.entrypoints[name] : undefined;
  if (number === undefined) throw new EngineFault('abort', `the module has no entrypoint ${name}`);
  return number;
}

function exportsOf(instance: WebAssembly.Instance): PolicyExports {
  // moduleProblems() checked that each export exists and is a function.
  return instance.exports as unknown as PolicyExports;
}
