/** Returns an unsigned LEB128 of a whole number up to 2^53. */
export function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    const low = left % 0x80;
    left = Math.floor(left / 0x80);
    bytes.push(left > 0 ? low | 0x80 : low);
  } while (left > 0);
  return bytes;
}

/** Returns a signed LEB128 of a whole number of 0 to 2^53. */
export function positiveLeb(value: number): number[] {
  const bytes = unsignedLeb(value);
  const last = bytes.at(-1) ?? 0;
  // Bit 6 of the last byte is the sign.
  return last < 0x40 ? bytes : [...bytes.slice(0, -1), last | 0x80, 0x00];
}

/** Returns a name: its length in bytes, then UTF-8. */
export function nameBytes(name: string): number[] {
  const bytes = Buffer.from(name);
  return [...unsignedLeb(bytes.length), ...bytes];
}
