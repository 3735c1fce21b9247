import { hash } from 'node:crypto';
import { LRUCache } from '../cache/lru.js';
import type { TokenVerifier } from '../domain/ports.js';
import type { TokenClaims } from '../domain/token.js';
import { readClaims } from './claims.js';
import { MAX_JWS_CHARS, parseCompactJws, signatureHolds } from './jws.js';
import type { Keyring, KeyringView } from './keyring.js';

interface Verified {
  readonly kid: string;
  readonly claims: TokenClaims;
}

/**
 * Verifies our access tokens against the published keys.
 * Caches the last `cacheEntries` results by SHA-256: the signature costs about 75 times as much as the hash. Refusals
 * are not cached.
 */
export function createTokenVerifier(
  keyring: Keyring,
  options: { readonly issuer: string; readonly cacheEntries: number },
): TokenVerifier {
  const remembered = new LRUCache<string, Verified>({ max: options.cacheEntries });
  let view: KeyringView | undefined;
  return {
    generation: () => keyring.view().generation,
    verify(token) {
      if (token.length > MAX_JWS_CHARS) return undefined;
      const now = keyring.view();
      if (view !== now) {
        forgetUntrusted(remembered, now);
        view = now;
      }
      const sha256 = hash('sha256', token, 'hex');
      let verified = remembered.get(sha256);
      if (!verified) {
        verified = verifyToken(token, now, options.issuer);
        if (!verified) return undefined;
        remembered.set(sha256, verified);
      }
      return { token, sha256, kid: verified.kid, claims: verified.claims };
    },
  };
}

/** Removes results of keys that have been revoked or retired. */
function forgetUntrusted(remembered: LRUCache<string, Verified>, view: KeyringView): void {
  for (const [sha256, { kid }] of remembered.entries()) {
    if (!view.verifying.has(kid)) remembered.delete(sha256);
  }
}

/** Verifies with the key that the header's kid names, and with the algorithm of the key. */
function verifyToken(token: string, view: KeyringView, issuer: string): Verified | undefined {
  const jws = parseCompactJws(token);
  if (!jws) return undefined;
  const { alg, typ, kid } = jws.header;
  if (Object.keys(jws.header).length !== 3 || typ !== 'at+jwt') return undefined;
  const key = typeof kid === 'string' ? view.verifying.get(kid) : undefined;
  if (!key || alg !== key.alg) return undefined;
  const claims = readClaims(jws.payload, issuer);
  if (!claims || !signatureHolds(token, key.alg, key.publicKey)) return undefined;
  return { kid: key.kid, claims: Object.freeze(claims) };
}
