import type { StoredAuditEvent } from '../../domain/audit.js';
import { CUT_MARK } from '../../domain/refusal.js';
import type { ObservedEvent } from '../../domain/signal-model.js';

const NOTHING = { scopes: [], honeyScopes: 0, misuse: 0, revokedMs: 0 } as const;
/** Denials that the agent did not cause do not count against it, neither live nor in a simulation. */
const NOT_EARNED = new Set(['agent_quarantined', 'revoked']);

/** Returns whether an event is a token request, or an evaluation that was counted as one. */
export function isRequest(event: StoredAuditEvent): boolean {
  const { type } = event;
  return (
    countedAs(event) !== undefined ||
    type === 'access.granted' ||
    type === 'access.denied' ||
    type === 'access.review_required' ||
    type === 'access.rate_limited'
  );
}

/** Returns how many requests an event represents. */
export function requestsOf({ count = 1 }: StoredAuditEvent): number {
  return count;
}

/**
 * Returns the counts of a request's gather.
 * Counted refusals have the scopes and the resource of the first.
 */
export function requestSeen(event: StoredAuditEvent, revokedMs: number): ObservedEvent {
  const { resource, scopes_requested: scopes = [], honey_scopes: honeyScopes = 0 } = event;
  return {
    requests: requestsOf(event),
    denials: 0,
    // A truncated scope was never requested: it would look new.
    scopes: scopes.filter((scope) => !scope.endsWith(CUT_MARK)),
    honeyScopes,
    misuse: 0,
    revokedMs,
    ...(resource === undefined ? {} : { resource }),
  };
}

/** Returns the counts of a recorded denial, after it was scored; undefined for any other outcome. */
export function denialSeen(event: StoredAuditEvent): ObservedEvent | undefined {
  const { type, codes = [] } = event;
  const denied =
    countedAs(event) === 'denial' ||
    (type === 'access.denied' && !codes.some((code) => NOT_EARNED.has(code)));
  if (!denied) return undefined;
  return { ...NOTHING, requests: 0, denials: 1 };
}

/** Returns how an evaluation was counted, according to its event. */
function countedAs({ type, detail }: StoredAuditEvent): unknown {
  return type === 'policy.evaluated' ? detail?.['counted'] : undefined;
}

/** Returns the counts of a recorded token misuse; undefined for any other event. */
export function misuseSeen({ type, detail }: StoredAuditEvent): ObservedEvent | undefined {
  const callers = detail?.['resource_servers'];
  if (type !== 'token.misused' || !Array.isArray(callers)) return undefined;
  return { ...NOTHING, requests: 0, denials: 0, misuse: callers.length };
}
