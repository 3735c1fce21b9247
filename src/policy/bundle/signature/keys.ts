import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { curveOf, hashBytesOf, type SignatureAlg } from './algorithms.js';

/** A configured key. */
export interface KeySpec {
  readonly id: string;
  /** The only algorithm of the key, regardless of a token's header. */
  readonly alg: SignatureAlg;
  /** PEM of a public key or certificate; for HS* the secret, byte for byte. */
  readonly key: string;
  /** `scope` that a signature by this key must claim; absent: it must claim none. */
  readonly scope?: string;
}

/** A validated key. */
export interface VerificationKey {
  readonly id: string;
  readonly alg: SignatureAlg;
  readonly key: KeyObject;
  /** Required scope claim; empty: a signature must claim none. */
  readonly scope: string;
}

/** The accepted signing keys of bundles. */
export interface Verification {
  readonly keys: ReadonlyMap<string, VerificationKey>;
  /** The key for every bundle; absent: the signature names one of `keys`. */
  readonly keyId?: string;
}

/** A key that cannot verify as configured. The message never contains the key. */
export class KeyUnusable extends Error {
  override readonly name = 'KeyUnusable';

  constructor(
    readonly keyId: string,
    readonly why: string,
  ) {
    super(`verification key ${keyId}: ${why}`);
  }
}

const MIN_RSA_BITS = 2048;
const PUBLIC_PEM = /^\s*-----BEGIN (?:PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)-----/;

/** Validates the keys: each fits its algorithm and is strong enough. Throws KeyUnusable. */
export function verificationOf(specs: readonly KeySpec[], keyId?: string): Verification {
  const keys = new Map<string, VerificationKey>();
  for (const spec of specs) {
    if (keys.has(spec.id)) throw new KeyUnusable(spec.id, 'is configured twice');
    const { id, alg, scope = '' } = spec;
    keys.set(id, { id, alg, scope, key: alg.startsWith('HS') ? secretOf(spec) : publicOf(spec) });
  }
  if (keyId !== undefined && !keys.has(keyId)) {
    throw new KeyUnusable(keyId, 'is named as key_id and is not among the keys');
  }
  return { keys, ...(keyId === undefined ? {} : { keyId }) };
}

function secretOf({ id, alg, key }: KeySpec): KeyObject {
  const secret = Buffer.from(key, 'utf8');
  const least = hashBytesOf(alg);
  if (key.includes('-----BEGIN')) {
    // A public key used as a secret would let everybody sign.
    throw new KeyUnusable(id, `is a PEM, and ${alg} requires a secret`);
  }
  if (secret.length < least) {
    throw new KeyUnusable(id, `has fewer than the ${String(least)} bytes that ${alg} requires`);
  }
  return createSecretKey(secret);
}

function publicOf({ id, alg, key }: KeySpec): KeyObject {
  if (!PUBLIC_PEM.test(key)) {
    throw new KeyUnusable(id, 'must be the PEM of a public key or of a certificate');
  }
  let parsed: KeyObject;
  try {
    parsed = createPublicKey(key);
  } catch {
    throw new KeyUnusable(id, 'is a PEM that cannot be read');
  }
  const problem = mismatch(alg, parsed);
  if (problem !== undefined) throw new KeyUnusable(id, problem);
  return parsed;
}

function mismatch(alg: SignatureAlg, key: KeyObject): string | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  const curve = curveOf(alg);
  if (curve !== undefined) {
    const onCurve = key.asymmetricKeyType === 'ec' && namedCurve === curve;
    return onCurve ? undefined : `is not an EC key on the curve of ${alg} (${curve})`;
  }
  if (key.asymmetricKeyType !== 'rsa') return `is not an RSA key, and ${alg} requires one`;
  if (modulusLength >= MIN_RSA_BITS) return undefined;
  return `is an RSA key of fewer than ${String(MIN_RSA_BITS)} bits`;
}
