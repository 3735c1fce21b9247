const DATA_SECTION = 11;
const SECTION_START = 8;

/** Returns the quoted texts of a Rego file, harmlessly including those of comments and templates. */
export function regoLiterals(rego: string): string[] {
  return [...rego.matchAll(/"((?:[^"\\\n]|\\.){1,256})"/g)].flatMap(([, text = '']) =>
    text.includes('\\') ? [] : [text],
  );
}

/**
 * Returns the texts of a compiled policy in UTF-8, those of OPA's runtime before its own.
 * OPA's compiler puts them, ended by NUL, into separate data segments after those of its runtime (WebAssembly core 1.0,
 * section 5.5.14). A module with a section of another form gives the texts of all of its bytes.
 */
export function moduleTexts(wasm: Uint8Array): {
  readonly runtime: string[];
  readonly own: string[];
} {
  const bytes = Buffer.from(wasm.buffer, wasm.byteOffset, wasm.byteLength);
  const [first, ...others] = segmentsOf(bytes) ?? [Buffer.alloc(0), bytes];
  return { runtime: first === undefined ? [] : textsOf(first), own: others.flatMap(textsOf) };
}

function textsOf(segment: Buffer): string[] {
  return segment
    .toString('utf8')
    .split('\0')
    .filter((text) => text !== '');
}

function segmentsOf(bytes: Buffer): Buffer[] | undefined {
  try {
    return segments(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
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
