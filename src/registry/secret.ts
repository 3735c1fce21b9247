import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** The kind of a secret, marked by its prefix, so that a secret scanner can report it. */
export type SecretKind = 'agent' | 'resource_server' | 'admin';

const PREFIXES: Readonly<Record<SecretKind, string>> = {
  agent: 'csk_',
  resource_server: 'csr_',
  admin: 'csa_',
};
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BODY_CHARS = 43; // 62^43 > 2^256
const CHECKSUM_CHARS = 6; // 62^6 > 2^32
const SHAPE = /^(cs[kra]_)([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/** A new secret, shown once, and its stored digest. */
export interface MintedSecret {
  /** Prefix, 256 random bits in base62, and the CRC-32 of both in base62: 53 characters. */
  readonly secret: string;
  /** Lower-case hex SHA-256 of the whole text. */
  readonly sha256: string;
}

export function mintSecret(kind: SecretKind): MintedSecret {
  const random = BigInt(`0x${randomBytes(32).toString('hex')}`);
  const body = PREFIXES[kind] + base62(random, BODY_CHARS);
  const secret = body + checksum(body);
  return { secret, sha256: sha256Hex(secret) };
}

/**
 * Returns whether a text has the prefix (of `kind`, if given), length, alphabet and checksum of a
 * secret.
 */
export function isWellFormedSecret(text: string, kind?: SecretKind): boolean {
  const match = SHAPE.exec(text);
  if (match === null) return false;
  const [, prefix = '', random = '', check] = match;
  if (kind !== undefined && prefix !== PREFIXES[kind]) return false;
  return checksum(prefix + random) === check;
}

/** Returns the lower-case hex SHA-256 of a text's UTF-8. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function checksum(body: string): string {
  let digits = '';
  // A CRC-32 fits a number, which is faster than a bigint on every request with a secret.
  for (let rest = crc32(body), i = 0; i < CHECKSUM_CHARS; i++, rest = Math.floor(rest / 62)) {
    digits = (ALPHABET[rest % 62] ?? '') + digits;
  }
  return digits;
}

/** Encodes with the most significant digit first, padded with zeros. */
function base62(value: bigint, chars: number): string {
  let digits = '';
  for (let rest = value, i = 0; i < chars; i++, rest /= 62n) {
    digits = (ALPHABET[Number(rest % 62n)] ?? '') + digits;
  }
  return digits;
}
