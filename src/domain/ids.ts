import { randomBytes } from 'node:crypto';
import { isShardNumber } from './shard.js';

/** Prefixes of ids that carry the shard their state lives in, so nothing has to be looked up to find it. */
export type ShardedIdKind = 'jti' | 'grt' | 'dec';
/** Prefixes of ids that live nowhere in particular. No id shares a prefix with a secret (`csk_`, `csr_`, `csa_`). */
export type PlainIdKind = 'agt' | 'res' | 'rsv' | 'rev' | 'req' | 'sec' | 'key';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford base32, lower case
const RANDOM_CHARS = 26; // 130 bits

/** Of a decision id: 48 bits of milliseconds, most significant first, as in a ULID. */
const TIME_CHARS = 10;
const TIME_MAX = 2 ** 48 - 1;

let pool = Buffer.alloc(0);
let poolOffset = 0;

/** Characters of Crockford base32 from the system's random source, 26 unless said; the pool saves a call per id. */
export function randomPart(chars = RANDOM_CHARS): string {
  if (poolOffset + chars > pool.length) {
    pool = randomBytes(RANDOM_CHARS * 128);
    poolOffset = 0;
  }
  let out = '';
  for (let i = 0; i < chars; i++) out += ALPHABET.charAt((pool[poolOffset++] ?? 0) & 31);
  return out;
}

/** A new id such as `grt_17_0123…`: kind, shard number, 130 random bits. */
export function newShardedId(kind: Exclude<ShardedIdKind, 'dec'>, shard: number): string {
  return `${kind}_${String(shard)}_${randomPart()}`;
}

/**
 * A new id of a decision: shard number, 48 bits of time and 80 random bits, in the shape of the other sharded ids.
 * Shard and time are where the record counted the decision when it has no event of its own.
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

/** Shard and time, in milliseconds since the Unix epoch, that a decision id names; undefined for any other text. */
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

/** A new id such as `rev_0123…`. */
export function newId(kind: PlainIdKind): string {
  return `${kind}_${randomPart()}`;
}

const SHARDED = /^(jti|grt|dec)_(0|[1-9][0-9]{0,3})_[0-9a-hjkmnp-tv-z]{26}$/;

/**
 * The shard an id names, or undefined when the id has not exactly our shape, is of another kind,
 * or names a shard that does not exist. No key may be made from an id this function did not accept.
 */
export function shardOfId(kind: ShardedIdKind, id: string, shards: number): number | undefined {
  const match = SHARDED.exec(id);
  if (match?.[1] !== kind) return undefined;
  const shard = Number(match[2]);
  return isShardNumber(shard, shards) ? shard : undefined;
}

const RECORD_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Whether a text can be the id of an agent, resource or resource server. */
export function isRecordId(text: string): boolean {
  return RECORD_ID.test(text);
}
