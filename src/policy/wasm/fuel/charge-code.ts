import type { Charge } from './charges.js';
import { positiveLeb, unsignedLeb } from './encode.js';
import { OP } from './opcodes.js';

const EMPTY_BLOCK_TYPE = 0x40;

/** Writes the code of charges against one global. */
export class ChargeCode {
  private readonly read: readonly number[];
  private readonly set: readonly number[];
  /** Code of constant charges by units: a module has few different ones. */
  private readonly constants = new Map<number, readonly number[]>();

  /** `fuel` is the index of the global. */
  constructor(fuel: number) {
    this.read = [OP.globalGet, ...unsignedLeb(fuel)];
    this.set = [OP.globalSet, ...unsignedLeb(fuel)];
  }

  /** Returns the code of a charge; `scratch` is a local of type i32, used by charges by length. */
  of(charge: Charge, scratch: number): readonly number[] {
    return charge.kind === 'constant'
      ? this.constant(charge.units)
      : this.length(scratch, charge.shift);
  }

  private constant(units: number): readonly number[] {
    const known = this.constants.get(units);
    if (known !== undefined) return known;
    const code = this.subtract([OP.i64Const, ...positiveLeb(units)]);
    this.constants.set(units, code);
    return code;
  }

  /** Charges the unsigned i32 on top of the stack, shifted. */
  private length(scratch: number, shift: number): readonly number[] {
    const length = [OP.localGet, ...unsignedLeb(scratch), OP.i64FromUnsigned32];
    const units = [...length, OP.i64Const, ...positiveLeb(shift), OP.i64ShiftRight];
    return [OP.localTee, ...unsignedLeb(scratch), ...this.subtract(units)];
  }

  /**
   * Subtracts units from the fuel, or sets it to 0 and traps when less is left.
   * `units` is code that pushes them as i64. The fuel is compared before the subtraction, so it never wraps and is
   * never negative. The code leaves the operand stack as it was.
   */
  private subtract(units: readonly number[]): readonly number[] {
    const { read, set } = this;
    return [
      ...[...read, ...units, OP.i64LessSigned, OP.if, EMPTY_BLOCK_TYPE],
      ...[OP.i64Const, 0, ...set, OP.unreachable, OP.end],
      ...[...read, ...units, OP.i64Subtract, ...set],
    ];
  }
}
