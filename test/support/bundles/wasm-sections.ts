/** One section of a module: its bytes without id and size. */
export interface WasmSection {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** The section as it stands in the module. */
  readonly whole: Uint8Array;
}

const PREAMBLE_BYTES = 8;
const CUSTOM = 0;

/** The sections of a module in their order (WebAssembly core 1.0, section 5.5.2). */
export function sectionsOf(wasm: Uint8Array): WasmSection[] {
  const sections: WasmSection[] = [];
  let at = PREAMBLE_BYTES;
  while (at < wasm.length) {
    const size = unsignedLeb(wasm, at + 1);
    const end = size.next + size.value;
    sections.push({
      id: wasm[at] ?? -1,
      bytes: wasm.subarray(size.next, end),
      whole: wasm.subarray(at, end),
    });
    at = end;
  }
  return sections;
}

/** The module without its custom sections, as `wasm-strip` leaves it: no function has a name. */
export function withoutNames(wasm: Uint8Array): Buffer {
  const kept = sectionsOf(wasm).filter(({ id }) => id !== CUSTOM);
  return Buffer.concat([wasm.subarray(0, PREAMBLE_BYTES), ...kept.map(({ whole }) => whole)]);
}

/** An unsigned 32-bit LEB128; positive signed ones of addresses read alike. */
export function unsignedLeb(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return { value, next: at };
}
