import { verify, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { SigningAlg } from '../domain/token.js';
import { decodeCanonical } from './base64url.js';
import { parseStrictObject, type JsonObject } from '../schema/strict-json.js';

/** Nothing longer is looked at, and nothing longer is signed. */
export const MAX_JWS_CHARS = 4096;

export type JwsAlg = 'ES256' | 'ES384' | 'RS256' | 'PS256';

/** The two JSON parts of a compact JWS. Nothing about them is proven until the signature was checked. */
export interface CompactJws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/**
 * Reads a compact JWS (RFC 7515 section 7.1) in its one canonical spelling: three parts, each base64url that
 * encodes to itself again, header and payload JSON objects without duplicate members, a signature, at most
 * `MAX_JWS_CHARS`. Undefined for anything else; jsonwebtoken alone would take most of it.
 */
export function parseCompactJws(text: string): CompactJws | undefined {
  if (text.length > MAX_JWS_CHARS) return undefined;
  const parts = text.split('.', 4).map(decodeCanonical);
  const [headerBytes, payloadBytes, signature] = parts;
  if (parts.length !== 3 || !headerBytes || !payloadBytes || !signature) return undefined;
  const header = parseStrictObject(headerBytes);
  const payload = parseStrictObject(payloadBytes);
  return header && payload ? { header, payload } : undefined;
}

// P-256: r and s of 32 bytes each, side by side (RFC 7518 section 3.4).
const ES256_SIGNATURE_BYTES = 64;

/**
 * Whether the signature of one of our own compact JWSs is by this key, which must be one for this algorithm:
 * keys of the keyring are checked when they are opened. Checks neither the header nor any time.
 */
export function signatureHolds(jws: string, alg: SigningAlg, publicKey: KeyObject): boolean {
  const end = jws.lastIndexOf('.');
  const signature = decodeCanonical(jws.slice(end + 1));
  if (end === -1 || !signature) return false;
  if (publicKey.asymmetricKeyType !== (alg === 'ES256' ? 'ec' : 'rsa')) return false;
  if (alg === 'ES256' && signature.length !== ES256_SIGNATURE_BYTES) return false;
  // RSA ignores dsaEncoding, and its padding is PKCS #1 v1.5 unless told otherwise: RS256.
  return verify(
    'sha256',
    Buffer.from(jws.slice(0, end)),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}

/**
 * Whether the signature of a client's compact JWS is by this key under exactly this algorithm. Clients bring
 * any kind of key and algorithm: which go together is left to jsonwebtoken. Checks no time.
 */
export function clientSignatureHolds(jws: string, alg: JwsAlg, publicKey: KeyObject): boolean {
  try {
    jwt.verify(jws, publicKey, {
      algorithms: [alg],
      ignoreExpiration: true,
      ignoreNotBefore: true,
    });
    return true;
  } catch {
    return false;
  }
}
