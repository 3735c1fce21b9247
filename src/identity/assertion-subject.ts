import { parseStrictObject } from '../schema/strict-json.js';

const MAX_ASSERTION_CHARS = 4096;
const COMPACT = /^[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;

/**
 * Returns the unverified `sub` of an assertion, which only selects the candidate keys.
 * Undefined for anything that is not a compact JWS of at most 4,096 characters with a strict JSON object
 * as payload that has a string `sub`.
 */
export function claimedSubject(assertion: string): string | undefined {
  if (assertion.length > MAX_ASSERTION_CHARS) return undefined;
  const payload = COMPACT.exec(assertion)?.[1];
  if (payload === undefined) return undefined;
  const bytes = Buffer.from(payload, 'base64url');
  if (bytes.toString('base64url') !== payload) return undefined;
  const sub = parseStrictObject(bytes)?.['sub'];
  return typeof sub === 'string' ? sub : undefined;
}
