import {
  constants,
  createHmac,
  timingSafeEqual,
  verify,
  type KeyObject,
  type VerifyKeyObjectInput,
} from 'node:crypto';

/** Algorithms that OPA verifies bundles with (RFC 7518, section 3.1). */
export const SIGNATURE_ALGS = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'HS256',
  'HS384',
  'HS512',
] as const;
export type SignatureAlg = (typeof SIGNATURE_ALGS)[number];

/** Curve of each ECDSA algorithm, by the name OpenSSL gives it (RFC 7518, section 3.4). */
const CURVES: Readonly<Partial<Record<SignatureAlg, string>>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

/** Returns the curve of the algorithm's keys; undefined when it is not ECDSA. */
export function curveOf(alg: SignatureAlg): string | undefined {
  return CURVES[alg];
}

/** Returns the hash length in bytes, the minimum for an HMAC secret (RFC 7518, section 3.2). */
export function hashBytesOf(alg: SignatureAlg): number {
  return Number(alg.slice(2)) / 8;
}

/** Returns whether a key verifies the signature over `signed`. Never throws. */
export function signatureHolds(
  alg: SignatureAlg,
  key: KeyObject,
  signed: Buffer,
  signature: Buffer,
): boolean {
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith('HS')) {
    const expected = createHmac(hash, key).update(signed).digest();
    return expected.length === signature.length && timingSafeEqual(expected, signature);
  }
  try {
    return verify(hash, signed, inputOf(alg, key), signature);
  } catch {
    return false;
  }
}

function inputOf(alg: SignatureAlg, key: KeyObject): VerifyKeyObjectInput {
  // The two numbers concatenated (RFC 7518, section 3.4), not DER.
  if (alg.startsWith('ES')) return { key, dsaEncoding: 'ieee-p1363' };
  if (alg.startsWith('RS')) return { key, padding: constants.RSA_PKCS1_PADDING };
  return {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  };
}
