/** A value that cannot be written as canonical JSON, and where. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';

  constructor(
    readonly pointer: string,
    readonly why: string,
  ) {
    super(`${pointer === '' ? 'the document' : pointer}: ${why}`);
  }
}

/** The deepest nesting of a document the engine takes or gives. */
export const MAX_DEPTH = 64;

const UNSAFE_TEXT = /[\0\p{Surrogate}]/u;
// Whatever JSON escapes or this refuses. All other text is written as it is.
const NEEDS_CARE = /[\p{Cc}"\\\p{Surrogate}]/u;
/** Up to here sorting in place by hand is cheaper than sort(), which copies and compares through calls. */
const FEW_KEYS = 24;

/**
 * RFC 8785 (JCS) text of a document. Takes only what JSON has: plain objects, arrays, strings, finite numbers,
 * booleans and null. Members that are undefined are left out, as JSON.stringify does. Refuses lone surrogates
 * and NUL (they poison the WASM), integers that a double rounds, anything with a prototype of its own, and
 * nesting below MAX_DEPTH. Throws NotCanonical.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

// Where a fault is gets told on the way out, level by level, so that a sound document pays nothing for it.
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

/** The same fault, seen from the level above. */
function below(step: string, error: unknown): unknown {
  if (!(error instanceof NotCanonical)) return error;
  return new NotCanonical(`/${step}${error.pointer}`, error.why);
}

/** RFC 8785 sorts by UTF-16 code units, which is how `<` and sort() compare. Sorts in place. */
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
