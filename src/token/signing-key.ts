import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { unavailable } from '../domain/errors.js';
import type { PublicJwk } from '../domain/records.js';
import type { KeyRecord, SigningAlg } from '../domain/token.js';
import type { Sealer } from './sealer.js';

const RSA_BITS = 2048;
const generate = promisify(generateKeyPair);

/** An opened key of the keyring, verified against its record. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** RFC 7517 members `kty`, `use`, `alg`, `kid` and the public numbers; nothing private. */
  readonly publicJwk: PublicJwk;
}

/** Generates a key pair as a record in state `next`, its private half sealed for its kid. */
export async function generateSigningKey(
  alg: SigningAlg,
  sealer: Sealer,
  nowMs: number,
): Promise<KeyRecord> {
  const { privateKey, publicKey } =
    alg === 'ES256'
      ? await generate('ec', { namedCurve: 'P-256' })
      : await generate('rsa', { modulusLength: RSA_BITS });
  const publicJwk = publicJwkOf(publicKey, alg);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const sealed = sealer.seal(pkcs8, publicJwk.kid);
  pkcs8.fill(0);
  return {
    kid: publicJwk.kid,
    alg,
    state: 'next',
    public_jwk: publicJwk,
    sealed_private_key: sealed,
    published_at_ms: nowMs,
  };
}

/**
 * Opens a record's private key and derives the public one.
 * A record without a valid seal is refused, so write access to the store is not enough to add a key. Throws a 503.
 */
export function openSigningKey(record: KeyRecord, sealer: Sealer): SigningKey {
  if (record.sealed_private_key === undefined) {
    throw unavailable(`keyring: key ${record.kid} is ${record.state} and has no private key`);
  }
  const pkcs8 = sealer.open(record.sealed_private_key, record.kid);
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  pkcs8.fill(0);
  const publicKey = createPublicKey(privateKey);
  const publicJwk = publicJwkOf(publicKey, record.alg);
  if (publicJwk.kid !== record.kid) {
    throw unavailable(`keyring: the private key of ${record.kid} belongs to another key`);
  }
  return { kid: record.kid, alg: record.alg, privateKey, publicKey, publicJwk };
}

/**
 * Returns the RFC 7638 thumbprint:
 * SHA-256 over the required members in lexicographic order, 43 characters.
 */
export function thumbprint(jwk: JsonWebKey): string {
  const { crv, e, kty, n, x, y } = jwk;
  const required = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}

function publicJwkOf(publicKey: KeyObject, alg: SigningAlg): PublicJwk & { readonly kid: string } {
  const jwk = publicKey.export({ format: 'jwk' });
  const fits = alg === 'ES256' ? jwk.kty === 'EC' && jwk.crv === 'P-256' : jwk.kty === 'RSA';
  if (!fits || jwk.kty === undefined) throw unavailable(`keyring: a key is not one for ${alg}`);
  return { ...jwk, kty: jwk.kty, use: 'sig', alg, kid: thumbprint(jwk) };
}
