import { malformed } from './malformed.js';
import { parseStrictJson } from './strict-json.js';
import { buildTokenRequest, ttlOf, type ParsedTokenRequest } from './token-request.js';

type Members = ReadonlyMap<string, unknown>;

/**
 * Parses a token request in JSON.
 * Members: `{agent_id | client_id, resource, scope, ttl, session_id, task_id, user_id, reason, grant_type}` and the
 * client authentication members. `grant_type` may be absent; unknown members are ignored. Throws CountersignError (400
 * or 413), never anything else.
 */
export function parseJsonRequest(body: Uint8Array): ParsedTokenRequest {
  const members = withoutNulls(parseStrictJson(body));
  return buildTokenRequest({
    codec: 'json',
    grantType: text(members, 'grant_type') ?? 'client_credentials',
    clientId: text(members, 'client_id'),
    agentId: text(members, 'agent_id'),
    clientSecret: text(members, 'client_secret'),
    clientAssertion: text(members, 'client_assertion'),
    clientAssertionType: text(members, 'client_assertion_type'),
    resources: texts(members, 'resource', (value) => [value]).filter((value) => value !== ''),
    scopes: texts(members, 'scope', (value) => value.split(' ')),
    ttlSeconds: ttl(members),
    sessionId: text(members, 'session_id'),
    taskId: text(members, 'task_id'),
    userId: text(members, 'user_id'),
    reason: text(members, 'reason'),
  });
}

/** Returns the members without those that are null: a client library may write an absent member so. */
function withoutNulls(members: Members): Members {
  return new Map([...members].filter(([, value]) => value !== null));
}

/** Returns a text; empty means absent, as in the form codec (RFC 6749 section 3.2). */
function text(members: Members, name: string): string | undefined {
  const value = members.get(name);
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw malformed(`${name} is not a string.`);
  return value;
}

function texts(
  members: Members,
  name: string,
  ofString: (value: string) => readonly string[],
): readonly string[] {
  const value = members.get(name);
  if (value === undefined || value === '') return [];
  if (typeof value === 'string') return ofString(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw malformed(`${name} is not a string or an array of strings.`);
}

function ttl(members: Members): number | undefined {
  const value = members.get('ttl');
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw malformed('ttl is not a number.');
  return ttlOf(value, 'ttl');
}
