import { createPublicKey, type KeyObject } from 'node:crypto';
import type { PublicJwk } from '../domain/records.js';

const MIN_MODULUS_BITS = 2048;
const MAX_MODULUS_BITS = 8192;
const MIN_EXPONENT = 65_537n;
const MAX_EXPONENT = 4_294_967_295n;

const ALGS: Readonly<Record<string, readonly string[]>> = {
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  Ed25519: ['EdDSA'],
  RSA: ['RS256', 'PS256'],
};

/** Returns why a well-shaped JWK is not accepted for verification; undefined when it is. */
export function keyProblem(jwk: PublicJwk): string | undefined {
  const key = importKey(jwk);
  if (key === undefined) return 'is not a valid public key';
  if (jwk.kty === 'RSA') {
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
    if (modulusLength < MIN_MODULUS_BITS || modulusLength > MAX_MODULUS_BITS) {
      return 'must have a modulus of 2048 to 8192 bits';
    }
    if (publicExponent < MIN_EXPONENT || publicExponent > MAX_EXPONENT) {
      return 'must have a public exponent from 65537 to 4294967295';
    }
  }
  const alg = jwk['alg'];
  const allowed = ALGS[jwk.kty === 'RSA' ? 'RSA' : String(jwk['crv'])] ?? [];
  return typeof alg === 'string' && !allowed.includes(alg)
    ? 'has an alg of another key type'
    : undefined;
}

/** Imports a key; Node checks that an EC point is on its curve. */
function importKey(jwk: PublicJwk): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
