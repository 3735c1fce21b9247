import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretRecord } from '../domain/records.js';

/** An agent has at most this many valid secrets; every check compares with this many digests. */
const SLOTS = 2;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

// Nobody knows a preimage, so a match with a filler is impossible, and it would not count.
const filler = randomBytes(32);

export type DigestComparer = (left: Uint8Array, right: Uint8Array) => boolean;

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
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
    const hex = stored[slot]?.sha256;
    const real = hex !== undefined && HEX_SHA256.test(hex);
    const equal = compare(digest, real ? Buffer.from(hex, 'hex') : filler);
    matches |= Number(equal) & Number(real);
  }
  return matches === 1;
}
