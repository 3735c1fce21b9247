import { EngineFault } from '../../serving/fault.js';
import { FUEL_EXPORT } from './fuel-global.js';

/** The fuel of one instance, which its module subtracts from and the host sets. */
export class FuelTank {
  constructor(private readonly global: WebAssembly.Global) {}

  /** Units that are left, 0 or more. */
  get left(): number {
    return Number(this.global.value);
  }

  fill(units: number): void {
    this.global.value = BigInt(units);
  }

  /**
   * Subtracts units, down to 0.
   * Never throws for lack of fuel: the next function entry of the module traps.
   */
  charge(units: number): void {
    this.fill(Math.max(0, this.left - units));
  }
}

/** Returns the fuel of an instance. Throws EngineFault when its module has none: such a module must not run. */
export function tankOf(instance: WebAssembly.Instance): FuelTank {
  const global = instance.exports[FUEL_EXPORT];
  if (global instanceof WebAssembly.Global) return new FuelTank(global);
  throw new EngineFault('abort', 'the module runs without fuel');
}

/** Returns the fault `budget` for a trap of an instance without fuel, else the value that was thrown. */
export function budgetFault(thrown: unknown, tank: FuelTank | undefined, what: string): unknown {
  const trapped = thrown instanceof WebAssembly.RuntimeError;
  if (!trapped || tank === undefined || tank.left > 0) return thrown;
  return new EngineFault('budget', `${what} used all of its fuel`, thrown);
}
