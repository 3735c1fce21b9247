import { escapeStep } from '../../domain/json-pointer.js';

/** A value without a canonical JSON form, with its JSON pointer and the reason. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';

  constructor(
    readonly pointer: string,
    readonly why: string,
  ) {
    super(`${pointer === '' ? 'the document' : pointer}: ${why}`);
  }
}

/** Maximum nesting of documents that the engine reads or writes. */
export const MAX_DEPTH = 64;

const UNSAFE_TEXT = /[\0\p{Surrogate}]/u;
// Text that JSON escapes or that is refused here. All other text is written unchanged.
const NEEDS_CARE = /[\p{Cc}"\\\p{Surrogate}]/u;
/**
 * Maximum number of keys for the insertion sort.
 * It is cheaper for few keys than sort(), which copies and compares through calls.
 */
const FEW_KEYS = 24;

/**
 * Returns the RFC 8785 (JCS) text of a document.
 * Takes plain objects, arrays, strings, finite numbers, booleans and null; omits undefined members as JSON.stringify
 * does. Refuses lone surrogates and NUL (they poison the WASM), integers that a double rounds and objects with a custom
 * prototype. Also refuses nesting below MAX_DEPTH. Throws NotCanonical.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

// The pointer of a fault is built while the stack unwinds, so that a valid document does not pay for it.
function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      return writeNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) throw new NotCanonical('', 'nested too deeply');
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw new NotCanonical('', `${typeof value} is not JSON`);
  }
}

function writeString(value: string): string {
  if (!NEEDS_CARE.test(value)) return `"${value}"`;
  if (UNSAFE_TEXT.test(value)) throw new NotCanonical('', 'lone surrogate or NUL in a text');
  return JSON.stringify(value);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new NotCanonical('', 'a number that is not finite');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new NotCanonical('', 'an integer above 2^53 would be rounded');
  }
  return String(value === 0 ? 0 : value);
}

function writeArray(value: readonly unknown[], depth: number): string {
  // Not map(): it skips holes, and a hole is not JSON.
  let out = '[';
  let i = 0;
  try {
    for (; i < value.length; i++) {
      if (i > 0) out += ',';
      out += write(value[i], depth + 1);
    }
  } catch (error) {
    throw below(String(i), error);
  }
  return `${out}]`;
}

function writeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotCanonical('', 'not a plain object');
  }
  const members = value as Readonly<Record<string, unknown>>;
  let out = '';
  let at = '';
  try {
    for (const key of sortKeys(Object.keys(members))) {
      const member = members[key];
      if (member === undefined) continue;
      if (out !== '') out += ',';
      at = key;
      out += `${writeString(key)}:${write(member, depth + 1)}`;
    }
  } catch (error) {
    throw below(at, error);
  }
  return `{${out}}`;
}

/** Returns the fault with its pointer extended by the parent's member. */
function below(step: string, error: unknown): unknown {
  if (!(error instanceof NotCanonical)) return error;
  return new NotCanonical(`/${escapeStep(step)}${error.pointer}`, error.why);
}

/** Sorts in place by UTF-16 code units, as RFC 8785 requires and as `<` and sort() compare. */
function sortKeys(keys: string[]): string[] {
  if (keys.length > FEW_KEYS) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? '';
    let j = i;
    for (; j > 0; j--) {
      const before = keys[j - 1] ?? '';
      if (before <= key) break;
      keys[j] = before;
    }
    keys[j] = key;
  }
  return keys;
}
