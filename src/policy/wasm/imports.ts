import type { HostBuiltins } from '../builtins/host-builtin.js';
import { abortFault, EngineFault } from '../serving/fault.js';
import { parseJson, parseValue, writeJson } from '../json/lossless.js';
import type { Term } from '../json/terms.js';
import type { PolicyExports } from './exports.js';
import { BUILTIN_UNITS, builtinTextUnits } from './fuel/cost.js';
import type { FuelTank } from './fuel/tank.js';
import { parseInto, readText } from './memory-text.js';

const MAX_OPERAND_BYTES = 4 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 4096;
const encoder = new TextEncoder();

/**
 * The imports of one memory.
 * The package's importer is bound to one instance and prefers its builtins over ours. These imports read `exports` at
 * each call, so that a poisoned instance can be replaced.
 */
export class PolicyImports {
  /** Exports of the current instance. */
  exports: PolicyExports | undefined;
  /** Fuel of the current instance, which pays for the work of builtins. */
  fuel: FuelTank | undefined;
  private names = new Map<number, string>();

  constructor(
    readonly memory: WebAssembly.Memory,
    private readonly builtins: HostBuiltins,
  ) {}

  /** Reads the module's static table of builtins. Returns the names without an implementation. */
  bind(exports: PolicyExports): string[] {
    const text = readText(
      this.memory,
      exports.opa_json_dump(exports.builtins()),
      MAX_OPERAND_BYTES,
    );
    const ids = Object.entries(JSON.parse(text) as Record<string, number>);
    this.names = new Map(ids.map(([name, id]) => [id, name]));
    return ids
      .map(([name]) => name)
      .filter((name) => !this.builtins.has(name))
      .sort();
  }

  object(): WebAssembly.Imports {
    const call = (id: number, _context: number, ...operands: number[]): number =>
      this.call(id, operands);
    return {
      env: {
        memory: this.memory,
        opa_abort: (address: number): never => {
          throw abortFault(readText(this.memory, address, MAX_MESSAGE_BYTES));
        },
        opa_println: (): undefined => undefined,
        opa_builtin0: call,
        opa_builtin1: call,
        opa_builtin2: call,
        opa_builtin3: call,
        opa_builtin4: call,
      },
    };
  }

  private call(id: number, addresses: readonly number[]): number {
    const name = this.names.get(id);
    const builtin = name === undefined ? undefined : this.builtins.get(name);
    if (name === undefined || builtin === undefined || this.exports === undefined) {
      throw new EngineFault('missing_builtin', name ?? `number ${String(id)}`);
    }
    const { exports } = this;
    this.fuel?.charge(BUILTIN_UNITS);
    const operands = addresses.map((address) =>
      this.operand(exports, address, builtin.tellsSets === true),
    );
    let json: string;
    try {
      // writeJson throws for a value outside JSON: a promise, undefined, NaN, a class instance.
      json = writeJson(builtin.call(...operands));
    } catch (error) {
      if (error instanceof EngineFault) throw error;
      throw new EngineFault('builtin', `${name}: ${messageOf(error)}`, error);
    }
    this.fuel?.charge(builtinTextUnits(json));
    return parseInto(exports, this.memory, encoder.encode(json));
  }

  private operand(exports: PolicyExports, address: number, tellsSets: boolean): Term {
    const raw = tellsSets ? exports.opa_value_dump(address) : exports.opa_json_dump(address);
    const text = readText(this.memory, raw, MAX_OPERAND_BYTES);
    exports.opa_free(raw);
    this.fuel?.charge(builtinTextUnits(text));
    return tellsSets ? parseValue(text) : parseJson(text);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'threw something that is not an error';
}
