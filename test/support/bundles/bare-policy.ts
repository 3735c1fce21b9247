import { hostBuiltins } from '../../../src/policy/builtins/index.js';
import { EngineFault } from '../../../src/policy/serving/fault.js';
import type { PolicyExports } from '../../../src/policy/wasm/exports.js';
import { PolicyImports } from '../../../src/policy/wasm/imports.js';
import { loadedPolicy, type LoadedPolicy } from '../../../src/policy/wasm/loaded-policy.js';
import { memoryLimits } from '../../../src/policy/wasm/memory-import.js';
import { parseInto, readText } from '../../../src/policy/wasm/memory-text.js';
import { sectionsOf, unsignedLeb } from './wasm-sections.js';

const DATA_SECTION = 11;
const I32_CONST = 0x41;
const END = 0x0b;
const MAX_RESULT_BYTES = 16 * 1024 * 1024;

/** A compiled policy with memory that a test may read; it heals from nothing. */
export class BarePolicy {
  readonly memory: WebAssembly.Memory;
  readonly exports: PolicyExports;
  private readonly policy: LoadedPolicy;
  /** Where the data segments of the module begin: below it is the shadow stack. */
  readonly staticStart: number;

  constructor(wasm: Uint8Array, module: WebAssembly.Module, data: Uint8Array) {
    this.memory = new WebAssembly.Memory({ initial: memoryLimits(wasm).minPages, maximum: 1024 });
    const imports = new PolicyImports(this.memory, hostBuiltins);
    const instance = new WebAssembly.Instance(module, imports.object());
    this.exports = instance.exports as unknown as PolicyExports;
    imports.bind(this.exports);
    imports.exports = this.exports;
    this.policy = loadedPolicy(instance, module, this.memory, 2);
    this.policy.setData(new Uint8Array(data).buffer);
    this.staticStart = firstSegment(wasm);
  }

  /** Statics of the runtime, constants of the policy and loaded data, as they are now. */
  lasting(): Buffer {
    const { staticStart, policy } = this;
    return Buffer.from(new Uint8Array(this.memory.buffer).slice(staticStart, policy.dataHeapPtr));
  }

  /** The text of the result set. Resets the heap before, as the service does when it is full. Throws what WASM throws. */
  evaluate(entrypoint: string, input: string): string {
    const { exports, memory, policy } = this;
    exports.opa_heap_ptr_set(policy.dataHeapPtr);
    const number = policy.entrypoints[entrypoint];
    if (number === undefined) throw new EngineFault('abort', `no entrypoint ${entrypoint}`);
    const address = parseInto(exports, memory, Buffer.from(input));
    const context = exports.opa_eval_ctx_new();
    exports.opa_eval_ctx_set_input(context, address);
    exports.opa_eval_ctx_set_data(context, policy.dataAddr);
    exports.opa_eval_ctx_set_entrypoint(context, number);
    exports.eval(context);
    const raw = exports.opa_json_dump(exports.opa_eval_ctx_get_result(context));
    return readText(memory, raw, MAX_RESULT_BYTES);
  }
}

/** The lowest address any active data segment of memory 0 is put at (WebAssembly core 1.0, section 5.5.14). */
function firstSegment(wasm: Uint8Array): number {
  const section = sectionsOf(wasm).find(({ id }) => id === DATA_SECTION);
  if (section === undefined) throw new RangeError('the module has no data');
  const { bytes } = section;
  let lowest = Infinity;
  let { value: left, next: at } = unsignedLeb(bytes, 0);
  for (; left > 0; left--) {
    if (bytes[at] !== 0 || bytes[at + 1] !== I32_CONST)
      throw new RangeError('segment is not plain');
    const offset = unsignedLeb(bytes, at + 2);
    if (bytes[offset.next] !== END) throw new RangeError('offset is not a constant');
    const size = unsignedLeb(bytes, offset.next + 1);
    lowest = Math.min(lowest, offset.value);
    at = size.next + size.value;
  }
  return lowest;
}
