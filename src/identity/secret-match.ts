import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretRecord } from '../domain/records.js';

/** An agent has at most this many valid secrets; every check compares with this many digests. */
const SLOTS = 2;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

// Nobody knows a preimage, so a match with a filler is impossible, and it would not count.
const filler = randomBytes(32);

// A record's text is decoded once, as long as the record lives.
const decoded = new WeakMap<SecretRecord, Buffer>();

export type DigestComparer = (left: Uint8Array, right: Uint8Array) => boolean;

export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/**
 * Whether a digest is one of the stored ones. Compares with every one of them, and with fillers up to two, in
 * constant time and without an early exit: how many there are, and which one matched, cannot be measured.
 */
export function matchesAny(
  digest: Uint8Array,
  stored: readonly SecretRecord[],
  compare: DigestComparer = timingSafeEqual,
): boolean {
  let matches = 0;
  for (let slot = 0; slot < Math.max(SLOTS, stored.length); slot++) {
    const real = digestOf(stored[slot]);
    const equal = compare(digest, real ?? filler);
    matches |= Number(equal) & Number(real !== undefined);
  }
  return matches === 1;
}

/** The digest a record holds; undefined when there is no record, or what it holds is no SHA-256. */
function digestOf(record: SecretRecord | undefined): Buffer | undefined {
  if (record === undefined) return undefined;
  const known = decoded.get(record);
  if (known !== undefined) return known;
  if (!HEX_SHA256.test(record.sha256)) return undefined;
  const digest = Buffer.from(record.sha256, 'hex');
  decoded.set(record, digest);
  return digest;
}
