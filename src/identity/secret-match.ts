import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isExpired, type SecretRecord } from '../domain/records.js';

/** Maximum number of valid secrets of an agent; every check makes this many comparisons. */
const SLOTS = 2;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

// Random, so it has no known preimage: a match with a filler is impossible, and it would not count.
const filler = randomBytes(32);

// Decodes a record's text once for the life of the record.
const decoded = new WeakMap<SecretRecord, Buffer>();

export type DigestComparer = (left: Uint8Array, right: Uint8Array) => boolean;

export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

/**
 * Returns the stored secret of a digest that has not expired; undefined when there is none.
 * Compares with all of them, expired ones included, and with fillers up to two, in constant time and without an early exit. So neither their
 * number nor the matching one can be measured.
 */
export function matchingSecret(
  digest: Uint8Array,
  stored: readonly SecretRecord[],
  nowMs: number,
  compare: DigestComparer = timingSafeEqual,
): SecretRecord | undefined {
  let matching = 0;
  for (let slot = 0; slot < Math.max(SLOTS, stored.length); slot++) {
    const record = stored[slot];
    const real = digestOf(record);
    const equal = compare(digest, real ?? filler);
    const live = record !== undefined && !isExpired(record, nowMs);
    const counts = Number(equal) & Number(real !== undefined) & Number(live);
    matching = Math.max(matching, (slot + 1) * counts);
  }
  return matching === 0 ? undefined : stored[matching - 1];
}

/** Returns the digest in a record; undefined without a record, or when it is not a SHA-256. */
function digestOf(record: SecretRecord | undefined): Buffer | undefined {
  if (record === undefined) return undefined;
  const known = decoded.get(record);
  if (known !== undefined) return known;
  if (!HEX_SHA256.test(record.sha256)) return undefined;
  const digest = Buffer.from(record.sha256, 'hex');
  decoded.set(record, digest);
  return digest;
}
