import { createPublicKey, type KeyObject } from 'node:crypto';
import { LRUCache } from '../cache/lru.js';
import type { PublicJwk } from '../domain/records.js';
import type { JwsAlg } from './jws.js';

const MIN_RSA_BITS = 2048;
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** A client's public key and its permitted algorithms. */
export interface AssertionKey {
  readonly publicKey: KeyObject;
  readonly algs: readonly JwsAlg[];
}

const MAX_IMPORTED = 1000;
// By content: a refusal reads the client's record again, and an import would show that there is one.
const imported = new LRUCache<string, { readonly key: AssertionKey | undefined }>({
  max: MAX_IMPORTED,
});

/**
 * Returns the keys that may have signed an assertion, by the `kid` of its header.
 * With a `kid`, that is the one key that has it, or a single key without one; otherwise, all keys. Keys that may not
 * verify signatures are left out.
 */
export function selectAssertionKeys(
  keys: readonly PublicJwk[],
  kid: string | undefined,
): readonly AssertionKey[] {
  const alone = keys.length === 1;
  const named =
    kid === undefined
      ? keys
      : keys.filter((key) => key['kid'] === kid || (alone && key['kid'] === undefined));
  if (kid !== undefined && named.length > 1) return [];
  return named.flatMap((key) => importOnce(key) ?? []);
}

function importOnce(jwk: PublicJwk): AssertionKey | undefined {
  const text = JSON.stringify(jwk);
  const known = imported.get(text);
  if (known) return known.key;
  const key = importAssertionKey(jwk);
  imported.set(text, { key });
  return key;
}

/**
 * Imports an EC P-256, EC P-384 or RSA public key; the key implies the algorithms.
 * Undefined for any other.
 */
export function importAssertionKey(jwk: PublicJwk): AssertionKey | undefined {
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member)) || !mayVerify(jwk)) {
    return undefined;
  }
  const named = jwk['alg'];
  const algs = algsOf(jwk).filter((alg) => named === undefined || alg === named);
  if (algs.length === 0) return undefined;
  try {
    const publicKey = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const bits = publicKey.asymmetricKeyDetails?.modulusLength;
    return bits !== undefined && bits < MIN_RSA_BITS ? undefined : { publicKey, algs };
  } catch {
    return undefined;
  }
}

function algsOf(jwk: PublicJwk): readonly JwsAlg[] {
  if (jwk.kty === 'RSA') return ['RS256', 'PS256'];
  if (jwk.kty !== 'EC') return [];
  if (jwk['crv'] === 'P-256') return ['ES256'];
  return jwk['crv'] === 'P-384' ? ['ES384'] : [];
}

function mayVerify(jwk: PublicJwk): boolean {
  const { use, key_ops: operations } = jwk;
  if (use !== undefined && use !== 'sig') return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}
