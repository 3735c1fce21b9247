import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { decodeCanonical } from './base64url.js';
import { parseJsonObject, type JsonObject } from './strict-json.js';

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
  const header = parseJsonObject(headerBytes);
  const payload = parseJsonObject(payloadBytes);
  return header && payload ? { header, payload } : undefined;
}

/** Whether the signature of a compact JWS is by this key under exactly this algorithm. Checks no time. */
export function signatureHolds(jws: string, alg: JwsAlg, publicKey: KeyObject): boolean {
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
