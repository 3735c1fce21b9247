const MAX_ASSERTION_CHARS = 4096;
const COMPACT = /^[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Returns the unverified `sub` of an assertion, which only selects the candidate keys.
 * Undefined for anything that is not a compact JWS of at most 4,096 characters with a string `sub`.
 */
export function claimedSubject(assertion: string): string | undefined {
  if (assertion.length > MAX_ASSERTION_CHARS) return undefined;
  const payload = COMPACT.exec(assertion)?.[1];
  if (payload === undefined) return undefined;
  const bytes = Buffer.from(payload, 'base64url');
  if (bytes.toString('base64url') !== payload) return undefined;
  try {
    const claims: unknown = JSON.parse(utf8.decode(bytes));
    if (typeof claims !== 'object' || claims === null || !Object.hasOwn(claims, 'sub')) {
      return undefined;
    }
    const { sub } = claims as { sub: unknown };
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}
