import { verify, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { SigningAlg } from '../domain/token.js';
import { decodeCanonical } from './base64url.js';
import { parseStrictObject, type JsonObject } from '../schema/strict-json.js';

/** Maximum length of a JWS that is parsed or signed. */
export const MAX_JWS_CHARS = 4096;

export type JwsAlg = 'ES256' | 'ES384' | 'RS256' | 'PS256';

/** The two JSON parts of a compact JWS, unverified. */
export interface CompactJws {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/**
 * Parses a compact JWS (RFC 7515 section 7.1) in its only canonical spelling.
 * It has three parts, each canonical base64url, header and payload JSON objects without duplicate members, a signature,
 * and at most `MAX_JWS_CHARS`. Undefined for anything else; jsonwebtoken alone would accept most of it.
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

// P-256: r and s of 32 bytes each, concatenated (RFC 7518 section 3.4).
const ES256_SIGNATURE_BYTES = 64;

/**
 * Verifies the signature of one of our compact JWSs with a key for this algorithm.
 * Keys of the keyring are checked when they are opened. Checks neither the header nor any time.
 */
export function signatureHolds(jws: string, alg: SigningAlg, publicKey: KeyObject): boolean {
  const end = jws.lastIndexOf('.');
  const signature = decodeCanonical(jws.slice(end + 1));
  if (end === -1 || !signature) return false;
  if (publicKey.asymmetricKeyType !== (alg === 'ES256' ? 'ec' : 'rsa')) return false;
  if (alg === 'ES256' && signature.length !== ES256_SIGNATURE_BYTES) return false;
  // RSA ignores dsaEncoding and uses PKCS #1 v1.5 padding by default: RS256.
  return verify(
    'sha256',
    Buffer.from(jws.slice(0, end)),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    signature,
  );
}

/**
 * Verifies the signature of a client's compact JWS with this key and exactly this algorithm.
 * Clients use various keys and algorithms: jsonwebtoken checks their combination. Checks no time.
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
