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

/**
 * RFC 8785 (JCS) text of a document. Takes only what JSON has: plain objects, arrays, strings, finite numbers,
 * booleans and null. Members that are undefined are left out, as JSON.stringify does. Refuses lone surrogates
 * and NUL (they poison the WASM), integers that a double rounds, anything with a prototype of its own, and
 * nesting below MAX_DEPTH. Throws NotCanonical.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '', 0);
}

function write(value: unknown, pointer: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, pointer);
    case 'number':
      return writeNumber(value, pointer);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= MAX_DEPTH) throw new NotCanonical(pointer, 'nested too deeply');
      return Array.isArray(value)
        ? writeArray(value, pointer, depth)
        : writeObject(value, pointer, depth);
    default:
      throw new NotCanonical(pointer, `${typeof value} is not JSON`);
  }
}

function writeString(value: string, pointer: string): string {
  if (UNSAFE_TEXT.test(value)) throw new NotCanonical(pointer, 'lone surrogate or NUL in a text');
  return JSON.stringify(value);
}

function writeNumber(value: number, pointer: string): string {
  if (!Number.isFinite(value)) throw new NotCanonical(pointer, 'a number that is not finite');
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new NotCanonical(pointer, 'an integer above 2^53 would be rounded');
  }
  return String(value === 0 ? 0 : value);
}

function writeArray(value: readonly unknown[], pointer: string, depth: number): string {
  // Not map(): it skips holes, and a hole is not JSON.
  let out = '[';
  for (let i = 0; i < value.length; i++) {
    if (i > 0) out += ',';
    out += write(value[i], `${pointer}/${String(i)}`, depth + 1);
  }
  return `${out}]`;
}

function writeObject(value: object, pointer: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotCanonical(pointer, 'not a plain object');
  }
  const members = value as Readonly<Record<string, unknown>>;
  let out = '';
  // RFC 8785 sorts by UTF-16 code units, which is what sort() does.
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === undefined) continue;
    if (out !== '') out += ',';
    const here = `${pointer}/${key}`;
    out += `${writeString(key, here)}:${write(member, here, depth + 1)}`;
  }
  return `{${out}}`;
}
