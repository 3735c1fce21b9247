import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import type { AssertionKey } from './assertion-keys.js';
import { clientSignatureHolds, type JwsAlg } from './jws.js';

/** Verifies a signature with one key and one algorithm. */
export type SignatureCheck = typeof clientSignatureHolds;

const EC_CURVES = { ES256: 'P-256', ES384: 'P-384' } as const;
/** Lengths in bytes of the signatures of RSA keys that a client can have: 2,048 to 8,192 bits. */
const RSA_BYTES = { min: 256, max: 1024 } as const;
const EC_BYTES: Readonly<Record<keyof typeof EC_CURVES, number>> = { ES256: 64, ES384: 96 };

/** The keys that may have signed an assertion, and the number of verifications that a refusal costs. */
export interface SignatureTries {
  readonly keys: readonly AssertionKey[];
  readonly tries: number;
}

/**
 * Verifies the signature of an assertion. A refusal costs work that follows from the assertion alone.
 * Header and length of the signature select the kind of the work, and `tries` its amount. Where the client has fewer
 * keys of that kind, or none, a decoy is tried, which never holds. So a refusal shows neither a client nor the kind and
 * number of its keys.
 */
export function signatureHoldsFor(
  assertion: string,
  alg: unknown,
  { keys, tries }: SignatureTries,
  check: SignatureCheck = clientSignatureHolds,
): boolean {
  const bytes = Buffer.byteLength(assertion.slice(assertion.lastIndexOf('.') + 1), 'base64url');
  const fitting = keys.flatMap(({ algs, publicKey }) => {
    const keyAlg = algs.find((each) => each === alg);
    return keyAlg !== undefined && bytesOf(keyAlg, publicKey) === bytes
      ? [{ alg: keyAlg, publicKey }]
      : [];
  });
  const tried = fitting.slice(0, tries);
  if (tried.some((key) => check(assertion, key.alg, key.publicKey))) return true;
  const decoy = decoyFor(alg, bytes);
  if (decoy === undefined) return false;
  for (let count = tried.length; count < tries; count++) {
    check(assertion, decoy.alg, decoy.publicKey);
  }
  return false;
}

/** Returns the length in bytes of the signatures of a key. */
function bytesOf(alg: JwsAlg, { asymmetricKeyDetails: details }: KeyObject): number {
  if (alg === 'ES256' || alg === 'ES384') return EC_BYTES[alg];
  return Math.ceil((details?.modulusLength ?? 0) / 8);
}

interface Decoy {
  readonly alg: JwsAlg;
  readonly publicKey: KeyObject;
}

const decoys = new Map<string, KeyObject>();

/** Returns a key that no one holds; undefined for work that no client's key makes. */
function decoyFor(alg: unknown, bytes: number): Decoy | undefined {
  if (alg === 'ES256' || alg === 'ES384') {
    // A signature of another length is refused before the curve's arithmetic, for any key.
    return { alg, publicKey: remembered(alg, () => ecDecoy(EC_CURVES[alg])) };
  }
  if (alg !== 'RS256' && alg !== 'PS256') return undefined;
  if (bytes < RSA_BYTES.min || bytes > RSA_BYTES.max) return undefined;
  return { alg, publicKey: remembered(String(bytes), () => rsaDecoy(bytes)) };
}

function remembered(name: string, make: () => KeyObject): KeyObject {
  const known = decoys.get(name) ?? make();
  decoys.set(name, known);
  return known;
}

function ecDecoy(namedCurve: string): KeyObject {
  return generateKeyPairSync('ec', { namedCurve }).publicKey;
}

/** Makes a random odd modulus near the largest: it has no known factors, and generating primes would take seconds. */
function rsaDecoy(bytes: number): KeyObject {
  const modulus = randomBytes(bytes);
  modulus.fill(0xff, 0, 8);
  modulus[bytes - 1] = (modulus[bytes - 1] ?? 0) | 1;
  const key = { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' };
  return createPublicKey({ key, format: 'jwk' });
}
