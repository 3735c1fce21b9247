import type { HostBuiltins } from '../builtins/host-builtin.js';
import { classifyFault, EngineFault, type FaultClass } from '../serving/fault.js';
import { abiVersion, type PolicyExports } from './exports.js';
import { PolicyImports } from './imports.js';
import { loadedPolicy, type LoadedPolicy } from './loaded-policy.js';
import type { MemoryLimits } from './memory-import.js';
import { parseInto } from './memory-text.js';
import { readResultSet } from './result-text.js';

export const PAGE_BYTES = 65_536;

export interface InstanceOptions {
  readonly module: WebAssembly.Module;
  readonly memory: MemoryLimits;
  /** JSON text of the bundle's data, an object. */
  readonly data: Uint8Array;
  readonly builtins: HostBuiltins;
  /** As the manifest names it, such as `countersign/decision`. */
  readonly entrypoint: string;
  readonly memoryMaxBytes: number;
  /**
   * The heap is reset when evaluations left more than this on it, beyond what the first one since the last reset
   * did: that is the patterns it compiled, which a reset drops.
   */
  readonly heapResetBytes: number;
  /** An instance whose memory grew by more than this since its first evaluation is made anew. */
  readonly recycleGrowthBytes: number;
  readonly resultMaxBytes: number;
}

/** Faults after which nothing in the memory is trusted: it may be what caused them. */
const NOTHING_TRUSTED: ReadonlySet<FaultClass> = new Set([
  'trap',
  'out_of_memory',
  'result_unreadable',
  'unknown',
]);

interface Live {
  readonly imports: PolicyImports;
  readonly policy: LoadedPolicy;
  readonly entrypoint: number;
  exports: PolicyExports;
  /** Size of the memory after the first evaluation; undefined before it. */
  firstBytes: number | undefined;
  /** Heap in use after the first evaluation since the last reset; undefined before it. */
  firstHeap: number | undefined;
}

/**
 * One compiled policy with its data, ready to be evaluated. Every throw out of WASM leaks its shadow stack, so
 * an instance that threw is replaced before the next evaluation; one whose memory grew is made anew, since
 * memory never shrinks. Not re-entrant.
 */
export class PolicyInstance {
  /** Instances put in place of one that threw. */
  replacements = 0;
  /** Instances made anew with a new memory, because it had grown. */
  recycles = 0;
  /** Instances made with a new memory, because a fault or a wrong answer left nothing in the old one to be trusted. */
  rebuilds = 0;
  /** One more whenever another instance, or none, took the place of the one before. */
  generation = 0;
  private live: Live | undefined;
  private busy = false;

  /** Throws EngineFault: `missing_builtin` names what nobody supplies. */
  constructor(private readonly options: InstanceOptions) {
    this.live = build(options);
  }

  /** The same compiled code with a memory of its own, as after a reset of the heap. Throws EngineFault. */
  another(): PolicyInstance {
    return new PolicyInstance(this.options);
  }

  get memoryBytes(): number {
    return this.live?.imports.memory.buffer.byteLength ?? 0;
  }

  /**
   * Evaluates the entrypoint over JSON text and returns the text of the result set, of one result or none; undefined
   * when it is over `resultMaxBytes`. Throws EngineFault, `result_unreadable` for any other text; the instance is fit for the next evaluation all the same.
   */
  evaluate(input: Uint8Array): string | undefined {
    if (this.busy) throw new EngineFault('reentrant', 'evaluate was called during an evaluation');
    this.busy = true;
    try {
      this.live ??= build(this.options);
      const result = run(this.live, this.options, input);
      this.recycleIfGrown(this.live);
      return result;
    } catch (error) {
      const fault = classifyFault(error);
      this.replace(fault);
      throw fault;
    } finally {
      this.busy = false;
    }
  }

  /** Makes the instance with a new memory. One that cannot be made is made by the next evaluation, or says why not. */
  rebuild(): void {
    this.live = undefined;
    this.generation += 1;
    this.rebuilds += 1;
    try {
      this.live = build(this.options);
    } catch {
      // Left undefined.
    }
  }

  private recycleIfGrown(live: Live): void {
    live.firstBytes ??= this.memoryBytes;
    if (this.memoryBytes - live.firstBytes <= this.options.recycleGrowthBytes) return;
    // Dropped first: a build that fails is tried again by the next evaluation.
    this.live = undefined;
    this.generation += 1;
    this.recycles += 1;
    this.live = build(this.options);
  }

  private replace({ fault }: EngineFault): void {
    const poisoned = this.live;
    this.replacements += 1;
    // After an abort the loaded data is as it was.
    if (poisoned === undefined || NOTHING_TRUSTED.has(fault)) {
      this.rebuild();
      return;
    }
    this.live = undefined;
    this.generation += 1;
    try {
      this.live = revive(poisoned, this.options);
    } catch {
      // Left undefined: the next evaluation builds it, or says why it cannot.
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
  try {
    const instance = new WebAssembly.Instance(options.module, imports.object());
    const { major, minor } = abiVersion(instance);
    if (major !== 1) throw new EngineFault('abort', `ABI version ${String(major)} is not 1`);
    const exports = exportsOf(instance);
    const missing = imports.bind(exports);
    if (missing.length > 0) throw new EngineFault('missing_builtin', missing.join(', '));
    imports.exports = exports;
    const policy = loadedPolicy(instance, options.module, memory, minor);
    policy.setData(new Uint8Array(options.data).buffer);
    const entrypoint = entrypointNumber(policy, options.entrypoint);
    return { imports, policy, entrypoint, exports, firstBytes: undefined, firstHeap: undefined };
  } catch (error) {
    throw classifyFault(error);
  }
}

/** A new instance over the same memory: the data stays loaded, the shadow stack starts anew. */
function revive(live: Live, options: InstanceOptions): Live {
  const exports = exportsOf(new WebAssembly.Instance(options.module, live.imports.object()));
  live.imports.exports = exports;
  exports.opa_heap_ptr_set(live.policy.dataHeapPtr);
  live.exports = exports;
  live.firstHeap = undefined;
  return live;
}

/** The ABI 1.0 calls; `opa_eval` would compile every pattern again at each call. */
function run(live: Live, options: InstanceOptions, input: Uint8Array): string | undefined {
  const { exports, policy, imports } = live;
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
  // moduleProblems() checked that each of them is there and a function.
  return instance.exports as unknown as PolicyExports;
}
