import { addFuel } from '../../../../src/policy/wasm/fuel/add-fuel.js';
import { FUEL_EXPORT } from '../../../../src/policy/wasm/fuel/fuel-global.js';
import { encodeModule, type ModuleSpec } from '../../../support/wasm/encode-module.js';

/** What a call of an export came to. */
export interface Outcome {
  readonly result: unknown;
  readonly trap: string | undefined;
  readonly used: number;
  readonly left: bigint;
}

/** Instances of a module with fuel and without. */
export class Metered {
  readonly plain: WebAssembly.Instance;
  readonly instance: WebAssembly.Instance;

  constructor(spec: ModuleSpec, imports: WebAssembly.Imports = {}) {
    const bytes = encodeModule(spec);
    this.plain = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    this.instance = new WebAssembly.Instance(moduleOf(bytes), imports);
  }

  /** Calls `run` with so much fuel. */
  call(fuel: number, ...operands: readonly unknown[]): Outcome {
    const tank = fuelGlobal(this.instance);
    tank.value = BigInt(fuel);
    let result: unknown;
    let trap: string | undefined;
    try {
      result = functionOf(this.instance)(...operands);
    } catch (error) {
      trap =
        error instanceof WebAssembly.RuntimeError ? error.message : `no trap: ${String(error)}`;
    }
    const left = tank.value as bigint;
    return { result, trap, used: fuel - Number(left), left };
  }

  /** Calls `run` of the module without fuel. */
  callPlain(...operands: readonly unknown[]): unknown {
    return functionOf(this.plain)(...operands);
  }
}

export function moduleOf(bytes: Uint8Array): WebAssembly.Module {
  return new WebAssembly.Module(new Uint8Array(addFuel(bytes)));
}

export function fuelGlobal(instance: WebAssembly.Instance): WebAssembly.Global {
  return instance.exports[FUEL_EXPORT] as WebAssembly.Global;
}

function functionOf(instance: WebAssembly.Instance): (...operands: readonly unknown[]) => unknown {
  return instance.exports['run'] as (...operands: readonly unknown[]) => unknown;
}
