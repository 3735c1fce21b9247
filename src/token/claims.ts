import type { TokenClaims } from '../domain/token.js';
import type { JsonObject } from '../schema/strict-json.js';

type ClaimKind = 'text' | 'optional text' | 'seconds';

/** Every claim of our tokens (RFC 9068 section 2.2 and the receipt); any other makes a token foreign. */
const CLAIMS = {
  iss: 'text',
  aud: 'text',
  sub: 'text',
  client_id: 'text',
  iat: 'seconds',
  exp: 'seconds',
  jti: 'text',
  scope: 'text',
  grant_id: 'text',
  decision_id: 'text',
  session_id: 'optional text',
  task_id: 'optional text',
  user_id: 'optional text',
  policy_revision: 'text',
  input_digest: 'text',
} as const satisfies Record<keyof TokenClaims, ClaimKind>;

const KINDS: ReadonlyMap<string, ClaimKind> = new Map(Object.entries(CLAIMS));

/**
 * Returns the payload as claims: complete, typed, without unknown members, `iss` ours, `iat` <= `exp`.
 * Undefined otherwise. The store decides whether the token has expired.
 */
export function readClaims(payload: JsonObject, issuer: string): TokenClaims | undefined {
  if (!hasClaims(payload)) return undefined;
  return payload.iss === issuer && payload.iat <= payload.exp ? payload : undefined;
}

function hasClaims(payload: JsonObject): payload is JsonObject & TokenClaims {
  for (const name of Object.keys(payload)) if (!KINDS.has(name)) return false;
  for (const [name, kind] of KINDS) if (!isKind(kind, payload, name)) return false;
  return true;
}

function isKind(kind: ClaimKind, payload: JsonObject, name: string): boolean {
  if (!Object.hasOwn(payload, name)) return kind === 'optional text';
  const value = payload[name];
  return kind === 'seconds' ? Number.isSafeInteger(value) : typeof value === 'string';
}
