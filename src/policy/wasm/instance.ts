import type { HostBuiltins } from '../builtins/host-builtin.js';
import { classifyFault, EngineFault, type FaultClass } from '../serving/fault.js';
import { abiVersion, type PolicyExports } from './exports.js';
import { PolicyImports } from './imports.js';
import { EVALUATION_FUEL, loadingFuel } from './fuel/cost.js';
import { budgetFault, tankOf, type FuelTank } from './fuel/tank.js';
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
}

/** Faults that corrupt memory may have caused, so the memory is discarded. */
const NOTHING_TRUSTED: ReadonlySet<FaultClass> = new Set([
  'trap',
  // Fuel may end in the middle of any change to memory.
  'budget',
  'out_of_memory',
  'result_unreadable',
  'unknown',
]);

interface Live {
  readonly imports: PolicyImports;
  readonly policy: LoadedPolicy;
  readonly entrypoint: number;
  exports: PolicyExports;
  fuel: FuelTank;
  /** Size of the memory after the first evaluation; undefined before it. */
  firstBytes: number | undefined;
  /** Heap in use after the first evaluation since the last reset; undefined before it. */
  firstHeap: number | undefined;
}

/**
 * One compiled policy with its data, ready to evaluate.
 * Every throw out of WASM leaks its shadow stack, so an instance that threw is replaced before the next evaluation. An
 * instance with grown memory is recreated, since memory never shrinks. Not re-entrant.
 */
export class PolicyInstance {
  /** Number of instances that replaced one that threw. */
  replacements = 0;
  /** Number of instances recreated with a new memory after growth. */
  recycles = 0;
  /** Number of instances recreated with a new memory after possible corruption. */
  rebuilds = 0;
  /** Incremented when the instance is replaced or dropped. */
  generation = 0;
  /** Units of fuel that the last evaluation used. */
  fuelUsed = 0;
  private live: Live | undefined;
  private busy = false;

  /**
   * Creates the instance.
   * Throws EngineFault; `missing_builtin` names the builtins without an implementation.
   */
  constructor(private readonly options: InstanceOptions) {
    this.live = build(options);
  }

  /** Returns an instance of this compiled code with a separate memory, as after a heap reset. Throws EngineFault. */
  another(fuel = this.fuel): PolicyInstance {
    return new PolicyInstance({ ...this.options, fuel });
  }

  /** Units of fuel that one evaluation may use. */
  get fuel(): number {
    return this.options.fuel ?? EVALUATION_FUEL;
  }

  get memoryBytes(): number {
    return this.live?.imports.memory.buffer.byteLength ?? 0;
  }

  /**
   * Evaluates the entrypoint over JSON text.
   * Returns the text of the result set, with one result or none; undefined when it exceeds `resultMaxBytes`. Throws
   * EngineFault, with `result_unreadable` for any other text. The next evaluation works after every fault.
   */
  evaluate(input: Uint8Array): string | undefined {
    if (this.busy) throw new EngineFault('reentrant', 'evaluate was called during an evaluation');
    this.busy = true;
    try {
      this.live ??= build(this.options);
      const result = run(this.live, this.options, input);
      this.fuelUsed = this.fuel - this.live.fuel.left;
      this.recycleIfGrown(this.live);
      return result;
    } catch (error) {
      const fault = classifyFault(budgetFault(error, this.live?.fuel, 'the evaluation'));
      this.fuelUsed = this.fuel - (this.live?.fuel.left ?? 0);
      this.replace(fault);
      throw fault;
    } finally {
      this.busy = false;
    }
  }

  /** Recreates the instance with a new memory. After a failure, the next evaluation retries or throws. */
  rebuild(): void {
    this.live = undefined;
    this.generation += 1;
    this.rebuilds += 1;
    try {
      this.live = build(this.options);
    } catch {
      // Left undefined for the next evaluation.
    }
  }

  private recycleIfGrown(live: Live): void {
    live.firstBytes ??= this.memoryBytes;
    if (this.memoryBytes - live.firstBytes <= this.options.recycleGrowthBytes) return;
    // Dropped first, so that the next evaluation retries a failed build.
    this.live = undefined;
    this.generation += 1;
    this.recycles += 1;
    this.live = build(this.options);
  }

  private replace({ fault }: EngineFault): void {
    const poisoned = this.live;
    this.replacements += 1;
    // An abort does not change the loaded data.
    if (poisoned === undefined || NOTHING_TRUSTED.has(fault)) {
      this.rebuild();
      return;
    }
    this.live = undefined;
    this.generation += 1;
    try {
      this.live = revive(poisoned, this.options);
    } catch {
      // Left undefined: the next evaluation builds it or throws.
    }
  }
}

function build(options: InstanceOptions): Live {
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
    return { imports, policy, entrypoint, exports, fuel, ...unused };
  } catch (error) {
    throw classifyFault(budgetFault(error, fuel, 'loading the data'));
  }
}

/** Creates an instance over the existing memory: the data stays loaded and the shadow stack is reset. */
function revive(live: Live, options: InstanceOptions): Live {
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
function run(live: Live, options: InstanceOptions, input: Uint8Array): string | undefined {
  const { exports, policy, imports } = live;
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
  const full = used > (live.firstHeap ?? 0) + options.heapResetBytes;
  // Half of the memory is kept free: a full heap must not make the next request fail.
  if (!full && used <= options.memoryMaxBytes / 2) return;
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
