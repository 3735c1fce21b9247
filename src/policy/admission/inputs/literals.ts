const DATA_SECTION = 11;
const SECTION_START = 8;
const PRINTABLE = /^[\x20-\x7e]{1,256}$/;

/** Returns the quoted texts of a Rego file, harmlessly including those of comments and templates. */
export function regoLiterals(rego: string): string[] {
  return [...rego.matchAll(/"((?:[^"\\\n]|\\.){1,256})"/g)].flatMap(([, text = '']) =>
    text.includes('\\') ? [] : [text],
  );
}

/**
 * Returns the texts of a compiled policy.
 * OPA's compiler puts them, ended by NUL, into separate data segments after those of its runtime (WebAssembly core 1.0,
 * section 5.5.14). Empty when the section has another form.
 */
export function wasmLiterals(wasm: Uint8Array): string[] {
  const bytes = Buffer.from(wasm.buffer, wasm.byteOffset, wasm.byteLength);
  try {
    return segments(bytes)
      .slice(1)
      .flatMap((segment) => segment.toString('latin1').split('\0'))
      .filter((text) => PRINTABLE.test(text) && !text.startsWith('{'));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function segments(bytes: Buffer): Buffer[] {
  const reader = { bytes, at: SECTION_START };
  while (reader.at < bytes.length) {
    const section = bytes.readUInt8(reader.at++);
    const size = leb(reader);
    if (section === DATA_SECTION) return dataSegments(reader);
    reader.at += size;
  }
  return [];
}

interface Reader {
  readonly bytes: Buffer;
  at: number;
}

/** Reads active segments of memory 0 at a constant offset, the only kind OPA emits. Throws RangeError. */
function dataSegments(reader: Reader): Buffer[] {
  const found: Buffer[] = [];
  for (let left = leb(reader); left > 0; left--) {
    if (leb(reader) !== 0) throw new RangeError('a segment of another kind');
    reader.at += 1;
    leb(reader);
    reader.at += 1;
    const length = leb(reader);
    found.push(reader.bytes.subarray(reader.at, reader.at + length));
    reader.at += length;
  }
  return found;
}

/** Reads a LEB128 number, ignoring its sign. Throws RangeError at the end of the bytes. */
function leb(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = reader.bytes.readUInt8(reader.at++);
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return value;
  }
  throw new RangeError('a number in the module is too long');
}
