import { promisify } from 'node:util';
import { crc32, inflateRaw, type InflateRaw, type ZlibOptions } from 'node:zlib';
import { BundleRefused } from './refused.js';

/** Result with `info: true`; the types declare only the plain form. */
interface Unzipped {
  readonly buffer: Buffer;
  readonly engine: InflateRaw;
}
const inflate = promisify(inflateRaw) as unknown as (
  bytes: Buffer,
  options: ZlibOptions & { readonly info: true },
) => Promise<Unzipped>;

const FIXED_BYTES = 10;
const TRAILER_BYTES = 8;
const DEFLATE = 8;
/** Flags of a header (RFC 1952, section 2.3.1). */
const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;

/**
 * Unpacks a gzip file of exactly one member (RFC 1952), to at most `room` bytes.
 * Tools differ on further members: one reads them, another ignores them, and a bundle must read alike everywhere. Throws
 * BundleRefused.
 */
export async function readGzipMember(bytes: Buffer, room: number): Promise<Buffer> {
  const start = endOfHeader(bytes);
  if (start === undefined) throw notGzip();
  let unzipped: Unzipped;
  try {
    unzipped = await inflate(bytes.subarray(start), { maxOutputLength: room, info: true });
  } catch (error) {
    throw error instanceof RangeError
      ? new BundleRefused('over_limit', ['too large when unpacked'], error)
      : notGzip(error);
  }
  const { buffer, engine } = unzipped;
  const trailer = bytes.subarray(start + engine.bytesWritten);
  if (trailer.length < TRAILER_BYTES) throw notGzip();
  const whole =
    trailer.readUInt32LE(0) === crc32(buffer) && trailer.readUInt32LE(4) === buffer.length;
  if (!whole) throw notGzip();
  if (trailer.length > TRAILER_BYTES) {
    throw new BundleRefused('unreadable', ['trailing bytes after the end of the gzip']);
  }
  return buffer;
}

/** Returns where the compressed data begin; undefined when the header is none, or is cut short. */
function endOfHeader(bytes: Buffer): number | undefined {
  if (bytes.length < FIXED_BYTES || bytes.readUInt16BE(0) !== 0x1f8b) return undefined;
  const flags = bytes.readUInt8(3);
  if (bytes.readUInt8(2) !== DEFLATE || (flags & RESERVED) !== 0) return undefined;
  let at = FIXED_BYTES;
  if ((flags & FEXTRA) !== 0) {
    if (bytes.length < at + 2) return undefined;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const text of [FNAME, FCOMMENT]) {
    if ((flags & text) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if ((flags & FHCRC) !== 0) at += 2;
  return at <= bytes.length ? at : undefined;
}

function notGzip(cause?: unknown): BundleRefused {
  return new BundleRefused('unreadable', ['the archive is not gzip, or is cut short'], cause);
}
