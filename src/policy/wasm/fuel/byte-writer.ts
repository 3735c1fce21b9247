import { unsignedLeb } from './encode.js';

/** Collects the bytes of a module in one buffer that grows. */
export class ByteWriter {
  private buffer: Uint8Array<ArrayBuffer>;
  private length = 0;

  constructor(expectedBytes: number) {
    this.buffer = new Uint8Array(Math.max(expectedBytes, 64));
  }

  write(bytes: ArrayLike<number>): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Writes an unsigned LEB128. */
  leb(value: number): void {
    this.write(unsignedLeb(value));
  }

  /** Returns a copy of what was written. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.buffer.slice(0, this.length);
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }
}
