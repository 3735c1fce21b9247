import { randomBytes } from 'node:crypto';
import { isShardNumber } from './shard.js';

/** Prefixes of ids that carry the shard of their state, so that no lookup is needed. */
export type ShardedIdKind = 'jti' | 'grt' | 'dec';
/** Prefixes of ids without a shard. No id shares a prefix with a secret (`csk_`, `csr_`, `csa_`). */
export type PlainIdKind = 'agt' | 'res' | 'rsv' | 'rev' | 'req' | 'sec' | 'key';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford base32, lower case
const RANDOM_CHARS = 26; // 130 bits

/** Characters for the time in a decision id: 48 bits of milliseconds, big-endian, as in a ULID. */
const TIME_CHARS = 10;
const TIME_MAX = 2 ** 48 - 1;

let pool = Buffer.alloc(0);
let poolOffset = 0;

/** Returns random Crockford base32 characters, 26 by default; a pool saves one system call per id. */
export function randomPart(chars = RANDOM_CHARS): string {
  if (poolOffset + chars > pool.length) {
    pool = randomBytes(RANDOM_CHARS * 128);
    poolOffset = 0;
  }
  let out = '';
  for (let i = 0; i < chars; i++) out += ALPHABET.charAt((pool[poolOffset++] ?? 0) & 31);
  return out;
}

/** Returns a new id such as `grt_17_0123…`: kind, shard number, 130 random bits. */
export function newShardedId(kind: Exclude<ShardedIdKind, 'dec'>, shard: number): string {
  return `${kind}_${String(shard)}_${randomPart()}`;
}

/**
 * Returns a new decision id: shard number, 48 bits of time and 80 random bits.
 *
 * It has the shape of the other sharded ids. Shard and time locate the count of a decision that has no single event.
 */
export function newDecisionId(shard: number, atMs: number): string {
  let rest = Math.min(Math.max(0, Math.floor(atMs)), TIME_MAX);
  let time = '';
  for (let i = 0; i < TIME_CHARS; i++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return `dec_${String(shard)}_${time}${randomPart(RANDOM_CHARS - TIME_CHARS)}`;
}

/** Returns shard and time (Unix milliseconds) of a decision id; undefined for any other text. */
export function placeOfDecision(
  id: string,
): { readonly shard: number; readonly atMs: number } | undefined {
  const match = SHARDED.exec(id);
  if (match?.[1] !== 'dec') return undefined;
  const time = id.slice(-RANDOM_CHARS, TIME_CHARS - RANDOM_CHARS);
  let atMs = 0;
  for (const char of time) atMs = atMs * 32 + ALPHABET.indexOf(char);
  return atMs > TIME_MAX ? undefined : { shard: Number(match[2]), atMs };
}

/** Returns a new id such as `rev_0123…`. */
export function newId(kind: PlainIdKind): string {
  return `${kind}_${randomPart()}`;
}

const SHARDED = /^(jti|grt|dec)_(0|[1-9][0-9]{0,3})_[0-9a-hjkmnp-tv-z]{26}$/;

/**
 * Returns the shard of an id; undefined when it is malformed, of another kind, or names an unknown shard.
 *
 * No store key may be built from an id that this function did not accept.
 */
export function shardOfId(kind: ShardedIdKind, id: string, shards: number): number | undefined {
  const match = SHARDED.exec(id);
  if (match?.[1] !== kind) return undefined;
  const shard = Number(match[2]);
  return isShardNumber(shard, shards) ? shard : undefined;
}

const RECORD_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Returns true for a valid id of an agent, resource or resource server. */
export function isRecordId(text: string): boolean {
  return RECORD_ID.test(text);
}
