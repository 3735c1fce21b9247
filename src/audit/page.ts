import { CountersignError } from '../domain/errors.js';

const MAX_LIMIT = 500;

/** Returns the limit. Throws `invalid_request` unless it is 1 to 500. */
export function checkLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new CountersignError('invalid_request', 'The limit must be a whole number from 1 to 500.');
}

/**
 * Encodes an opaque cursor: a kind, so that a cursor of one list does not fit another, and whole
 * numbers.
 */
export function encodeCursor(kind: string, numbers: readonly number[]): string {
  return Buffer.from([kind, ...numbers].join(' ')).toString('base64url');
}

/** Decodes a cursor that `encodeCursor` made for this kind. Throws `invalid_request` on anything else. */
export function decodeCursor(kind: string, count: number, cursor: string): readonly number[] {
  const parts = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const numbers = parts.slice(1).map(Number);
  const made =
    parts[0] === kind &&
    numbers.length === count &&
    numbers.every((number) => Number.isSafeInteger(number) && number >= 0) &&
    // Canonical spelling only: base64 decoders and Number() are forgiving.
    encodeCursor(kind, numbers) === cursor;
  if (made) return numbers;
  throw new CountersignError('invalid_request', 'The cursor is not a next_cursor of this list.');
}
