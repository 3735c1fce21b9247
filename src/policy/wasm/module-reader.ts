/** Reads the binary format of a module (WebAssembly core 1.0, section 5). Throws RangeError at its end. */
export class ModuleReader {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** Offset of the next byte. */
  get offset(): number {
    return this.at;
  }

  done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new RangeError('the module ends early');
    return value;
  }

  /** Reads an unsigned 32-bit LEB128. */
  leb(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number in the module is too long');
  }

  /** Reads past a LEB128, signed or not, of at most `maxBytes` bytes. */
  skipLeb(maxBytes: number): void {
    for (let left = maxBytes; left > 0; left--) {
      if (this.byte() < 0x80) return;
    }
    throw new RangeError('a number in the module is too long');
  }

  skip(count: number): void {
    this.at += count;
  }

  /** Reads `count` bytes, as a view of the module. */
  take(count: number): Uint8Array {
    const start = this.at;
    this.skip(count);
    if (this.at > this.bytes.length) throw new RangeError('the module ends early');
    return this.bytes.subarray(start, this.at);
  }

  /** Reads a name: its length in bytes, then UTF-8. */
  text(): string {
    return Buffer.from(this.take(this.leb())).toString('utf8');
  }
}
