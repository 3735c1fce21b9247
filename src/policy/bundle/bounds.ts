import type { Header } from 'tar-stream';
import { BundleRefused } from './refused.js';

const BLOCK_BYTES = 512;
const TYPE_OFFSET = 156;
const SIZE_OFFSET = 124;
const SIZE_CHARS = 12;
const END_MARK_BYTES = 2 * BLOCK_BYTES;
const GLOBAL_PAX = 'g'.charCodeAt(0);

/**
 * Returns where the end mark of a tar ends, by the sizes in its headers; the length of the archive without one.
 * A wrong size makes the result too small or too large. TarBounds then finds bytes behind the last entry, or none
 * missing: it checks the whole archive.
 */
export function endOfTar(archive: Buffer): number {
  let at = 0;
  while (at + BLOCK_BYTES <= archive.length) {
    if (isZero(archive.subarray(at, at + BLOCK_BYTES))) break;
    const digits = archive.toString('latin1', at + SIZE_OFFSET, at + SIZE_OFFSET + SIZE_CHARS);
    const size = /^[0-7]+/.exec(digits.trimStart())?.[0];
    // Without digits, another encoding of the size.
    if (size === undefined) return archive.length;
    at += BLOCK_BYTES + Math.ceil(Number.parseInt(size, 8) / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return Math.min(archive.length, at + END_MARK_BYTES);
}

/**
 * Verifies that tar entries have no gaps and that nothing follows the end mark.
 * Tar readers interpret other bytes differently, and a bundle must read alike everywhere.
 */
export class TarBounds {
  private at = 0;

  constructor(private readonly archive: Buffer) {}

  /** Checks one entry; call in order. Throws BundleRefused. */
  entry(header: Header, folder: boolean): void {
    // tar-stream reports where the content begins, but its types omit it.
    const { byteOffset } = header as Header & { readonly byteOffset: number };
    this.checkExtensions(byteOffset - BLOCK_BYTES);
    // A size in an extension lets one reader see content where another one sees the next header.
    const pax = Object.keys(header.pax ?? {});
    const refused = pax.find((key) => key === 'size' || key.startsWith('GNU.sparse'));
    if (refused !== undefined) {
      throw new BundleRefused('unsafe_member', [`${header.name} has the extension ${refused}`]);
    }
    const size = folder ? 0 : header.size;
    this.at = byteOffset + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }

  /** Checks the end of the archive; call after the last entry. Throws BundleRefused. */
  end(): void {
    const rest = this.archive.subarray(this.at);
    if (rest.length < BLOCK_BYTES) {
      throw new BundleRefused('unreadable', ['the archive is cut short: its end mark is missing']);
    }
    if (!isZero(rest)) throw afterEnd();
  }

  /** Checks that only extensions of the next entry (long names, pax) stand between two entries. */
  private checkExtensions(until: number): void {
    if (this.at < until && this.archive[this.at + TYPE_OFFSET] === GLOBAL_PAX) {
      throw new BundleRefused('unsafe_member', [
        'the archive has a pax header for all its entries',
      ]);
    }
    for (let at = this.at; at < until; at += BLOCK_BYTES) {
      if (isZero(this.archive.subarray(at, at + BLOCK_BYTES))) throw afterEnd();
    }
  }
}

const ZEROS = Buffer.alloc(64 * 1024);

/** Returns whether all bytes are zero; compares in blocks, since padding may be as long as the archive. */
function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const block = bytes.subarray(at, at + ZEROS.length);
    if (!block.equals(ZEROS.subarray(0, block.length))) return false;
  }
  return true;
}

function afterEnd(): BundleRefused {
  return new BundleRefused('unreadable', ['trailing bytes after the end of the archive']);
}
