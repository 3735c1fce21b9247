import type { StoredAuditEvent } from '../../domain/audit.js';
import { CUT_MARK } from '../../domain/refusal.js';
import type { ObservedEvent } from '../../domain/signal-model.js';

const NOTHING = { scopes: [], honeyScopes: 0, misuse: 0, revokedMs: 0 } as const;
/** Denials that the agent did nothing to earn are not held against it, then or here. */
const NOT_EARNED = new Set(['agent_quarantined', 'revoked']);

/** Whether an event is a request to the token endpoint, or a question that was counted as one. */
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

/** How many requests an event stands for. */
export function requestsOf({ count = 1 }: StoredAuditEvent): number {
  return count;
}

/** What the gather of a request counted; of counted refusals the scopes and the resource of the first are known. */
export function requestSeen(event: StoredAuditEvent, revokedMs: number): ObservedEvent {
  const { resource, scopes_requested: scopes = [], honey_scopes: honeyScopes = 0 } = event;
  return {
    requests: requestsOf(event),
    denials: 0,
    // A scope that was cut is no scope that was asked for: it would look new.
    scopes: scopes.filter((scope) => !scope.endsWith(CUT_MARK)),
    honeyScopes,
    misuse: 0,
    revokedMs,
    ...(resource === undefined ? {} : { resource }),
  };
}

/** What recording its denial counted, after it was scored; undefined for any other end. */
export function denialSeen(event: StoredAuditEvent): ObservedEvent | undefined {
  const { type, codes = [] } = event;
  const denied =
    countedAs(event) === 'denial' ||
    (type === 'access.denied' && !codes.some((code) => NOT_EARNED.has(code)));
  if (!denied) return undefined;
  return { ...NOTHING, requests: 0, denials: 1 };
}

/** What the event of a question says that it counted as. */
function countedAs({ type, detail }: StoredAuditEvent): unknown {
  return type === 'policy.evaluated' ? detail?.['counted'] : undefined;
}

/** What recording the misuse of a token counted; undefined for any other event. */
export function misuseSeen({ type, detail }: StoredAuditEvent): ObservedEvent | undefined {
  const callers = detail?.['resource_servers'];
  if (type !== 'token.misused' || !Array.isArray(callers)) return undefined;
  return { ...NOTHING, requests: 0, denials: 0, misuse: callers.length };
}
