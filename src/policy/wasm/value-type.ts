import type { ModuleReader } from './module-reader.js';

const FUNCREF = 0x70;
const EXTERNREF = 0x6f;
/** i32, i64, f32, f64 and the two references of WebAssembly core 2.0, section 5.3. Each is one byte. */
const VALUE_TYPES: ReadonlySet<number> = new Set([0x7f, 0x7e, 0x7d, 0x7c, FUNCREF, EXTERNREF]);
const EMPTY_BLOCK = 0x40;
/** Sign of the last byte of a signed LEB128. */
const SIGN = 0x40;

/**
 * Reads one value type. Throws RangeError for any other: later types take several bytes, and a reader that takes
 * one of them misreads all that follows.
 */
export function readValueType(bytes: ModuleReader): void {
  const type = bytes.byte();
  if (!VALUE_TYPES.has(type)) throw unknownType(type);
}

/** Reads a list of value types: its length, then the types. Returns the length. Throws RangeError. */
export function readValueTypes(bytes: ModuleReader): number {
  const count = bytes.leb();
  for (let left = count; left > 0; left--) readValueType(bytes);
  return count;
}

/** Reads the type of a table or of a null reference. Throws RangeError for a type that is not known. */
export function readReferenceType(bytes: ModuleReader): void {
  const type = bytes.byte();
  if (type !== FUNCREF && type !== EXTERNREF) throw unknownType(type);
}

/** Reads the type of a block: empty, one value, or the index of a type. Throws RangeError for any other. */
export function readBlockType(bytes: ModuleReader): void {
  let byte = bytes.byte();
  if (byte === EMPTY_BLOCK || VALUE_TYPES.has(byte)) return;
  for (let more = 4; byte >= 0x80 && more > 0; more--) byte = bytes.byte();
  // A negative number is a type, not an index.
  if (byte >= 0x80 || (byte & SIGN) !== 0) throw unknownType(byte);
}

function unknownType(type: number): RangeError {
  return new RangeError(`the type 0x${type.toString(16).padStart(2, '0')} is not known`);
}
