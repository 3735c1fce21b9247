import { CountersignError } from '../domain/errors.js';

/** Known parameter names. Errors repeat only these, since any other name may be a misplaced secret. */
const KNOWN_NAMES: ReadonlySet<string> = new Set([
  'grant_type',
  'client_id',
  'agent_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'resource',
  'audience',
  'scope',
  'ttl',
  'countersign_ttl',
  'session_id',
  'task_id',
  'user_id',
  'reason',
  'token',
  'token_type_hint',
]);

/** Returns the name if it is safe to repeat to the caller, else a general word. */
export function publicName(name: string): string {
  return KNOWN_NAMES.has(name) ? name : 'A member';
}

/**
 * Returns a 400 `invalid_request`.
 * The detail is printable ASCII, names the member and never repeats a value.
 */
export function malformed(detail: string): CountersignError {
  return new CountersignError('invalid_request', detail);
}
