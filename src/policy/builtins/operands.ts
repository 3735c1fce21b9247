import { isArray, RegoSet, type Term } from '../json/terms.js';
import { BuiltinError } from './host-builtin.js';

/** The operand as a string. Throws BuiltinError. */
export function text(operand: Term | undefined): string {
  if (typeof operand === 'string') return operand;
  throw new BuiltinError('an operand is not a string');
}

/** The operand as a whole number within int64. Throws BuiltinError. */
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

/** The operand as a whole number a double holds exactly. Throws BuiltinError. */
export function int(operand: Term | undefined): number {
  const value = Number(int64(operand));
  if (Number.isSafeInteger(value)) return value;
  throw new BuiltinError('a number is too large');
}

/** The members of an array or set. Throws BuiltinError. */
export function members(operand: Term | undefined): readonly Term[] {
  if (operand instanceof RegoSet) return operand.members;
  if (operand !== undefined && isArray(operand)) return operand;
  throw new BuiltinError('an operand is not an array or set');
}

/** A string, or the strings in an array or set. Throws BuiltinError. */
export function texts(operand: Term | undefined): readonly string[] {
  return typeof operand === 'string' ? [operand] : members(operand).map(text);
}

/** A whole number as JSON says it best: a number where that is exact. */
export function exact(value: bigint): number | bigint {
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : value;
}

/** The code points of a text, each as a string: what Go and Rego count as characters. */
export function codePoints(value: string): string[] {
  return Array.from(value);
}
