import type { AssertionExpectation, VerifiedAssertion } from '../domain/authentication.js';
import { selectAssertionKeys } from './assertion-keys.js';
import { signatureHoldsFor, type SignatureCheck } from './assertion-work.js';
import { parseCompactJws } from './jws.js';
import type { JsonObject } from '../schema/strict-json.js';

/** Maximum difference to a client's clock. */
const SKEW_SECONDS = 30;
const DEFAULT_MAX_AGE_SECONDS = 300;
const MAX_JTI_CHARS = 256;
/** Keys that are tried for an assertion without `kid`, in the order of the agent's record. */
const MAX_TRIES_WITHOUT_KID = 5;

/**
 * Members that supply a key or change the meaning of the signature.
 * Others are ignored (RFC 7515 section 4).
 */
const REFUSED_HEADERS = ['crit', 'jwk', 'jku', 'x5u', 'x5c', 'b64'];
/** Any other type is a token for another purpose, such as an access token (RFC 8725 section 3.11). */
const TYPES = new Set(['jwt', 'client-authentication+jwt']);

/**
 * Verifies a `private_key_jwt` client assertion (RFC 7523 section 3 and its revision).
 * Checks spelling, header, claims, times, then the signature. Undefined on any failure, without a reason, and for work
 * that does not depend on the keys of the client.
 */
export function verifyClientAssertion(
  assertion: string,
  expected: AssertionExpectation,
  check?: SignatureCheck,
): VerifiedAssertion | undefined {
  const jws = parseCompactJws(assertion);
  if (!jws || !isHeaderPlain(jws.header)) return undefined;
  const { alg, kid } = jws.header;
  if (kid !== undefined && typeof kid !== 'string') return undefined;
  if (!isMeantForUs(jws.payload, expected)) return undefined;
  const verified = readTimes(jws.payload, expected);
  if (!verified) return undefined;
  const keys = selectAssertionKeys(expected.keys, kid);
  const tries = kid === undefined ? MAX_TRIES_WITHOUT_KID : 1;
  return signatureHoldsFor(assertion, alg, { keys, tries }, check) ? verified : undefined;
}

function isHeaderPlain(header: JsonObject): boolean {
  if (REFUSED_HEADERS.some((member) => Object.hasOwn(header, member))) return false;
  const { typ } = header;
  return typ === undefined || (typeof typ === 'string' && TYPES.has(typ.toLowerCase()));
}

function isMeantForUs(payload: JsonObject, expected: AssertionExpectation): boolean {
  const { iss, sub, aud } = payload;
  if (iss !== expected.clientId || sub !== expected.clientId) return false;
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  return audiences.length === 1 && audiences[0] === expected.audience;
}

/**
 * Reads the times.
 * `iat`, `exp` and `jti` are required: the epoch rule needs the first, single use the others. An old assertion that is
 * valid only now is as bad as a standing secret, so its total lifetime is bounded too.
 */
function readTimes(
  payload: JsonObject,
  expected: AssertionExpectation,
): VerifiedAssertion | undefined {
  const { iat, exp, nbf, jti } = payload;
  if (!isTime(iat) || !isTime(exp) || (nbf !== undefined && !isTime(nbf))) return undefined;
  if (typeof jti !== 'string' || jti.length < 1 || jti.length > MAX_JTI_CHARS) return undefined;
  const now = expected.nowMs / 1000;
  const longest = (expected.maxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS) + SKEW_SECONDS;
  if (exp <= now || exp <= iat || exp - now > longest || exp - iat > longest) return undefined;
  if (Math.max(iat, nbf ?? iat) > now + SKEW_SECONDS) return undefined;
  return { jti, issuedAtSeconds: Math.floor(iat), expiresAtSeconds: Math.ceil(exp) };
}

/** Returns whether a value is a NumericDate, which may have a fraction (RFC 7519 section 2). */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
