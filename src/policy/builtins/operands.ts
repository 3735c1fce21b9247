import { isArray, RegoSet, type Term } from '../json/terms.js';
import { BuiltinError } from './host-builtin.js';

/** Returns the operand as a string. Throws BuiltinError. */
export function text(operand: Term | undefined): string {
  if (typeof operand === 'string') return operand;
  throw new BuiltinError('an operand is not a string');
}

/** Returns the operand as a whole number within int64. Throws BuiltinError. */
export function int64(operand: Term | undefined): bigint {
  const whole =
    typeof operand === 'bigint'
      ? operand
      : typeof operand === 'number' && Number.isInteger(operand)
        ? BigInt(operand)
        : undefined;
  if (whole === undefined) throw new BuiltinError('an operand is not a whole number');
  if (BigInt.asIntN(64, whole) !== whole) throw new BuiltinError('a number is too large');
  return whole;
}

/** Returns the operand as a whole number that a double holds exactly. Throws BuiltinError. */
export function int(operand: Term | undefined): number {
  const value = Number(int64(operand));
  if (Number.isSafeInteger(value)) return value;
  throw new BuiltinError('a number is too large');
}

/** Returns the members of an array or set. Throws BuiltinError. */
export function members(operand: Term | undefined): readonly Term[] {
  if (operand instanceof RegoSet) return operand.members;
  if (operand !== undefined && isArray(operand)) return operand;
  throw new BuiltinError('an operand is not an array or set');
}

/** Returns a string operand as a list, or the strings in an array or set. Throws BuiltinError. */
export function texts(operand: Term | undefined): readonly string[] {
  return typeof operand === 'string' ? [operand] : members(operand).map(text);
}

/** Returns a number where it is exact, else a bigint. */
export function exact(value: bigint): number | bigint {
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : value;
}

/** Splits a text into code points, which Go and Rego count as characters. */
export function codePoints(value: string): string[] {
  return Array.from(value);
}
