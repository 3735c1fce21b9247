import type { AuditEvent, AuditEventType, StoredAuditEvent } from '../../domain/audit.js';
import type { DecisionEvent } from '../../domain/decision-log.js';

/** Outcomes of a request by an agent. A refused credential is not among them: nothing was decided. */
export const DECISION_TYPES = [
  'access.granted',
  'access.denied',
  'access.review_required',
  'access.rate_limited',
] as const satisfies readonly AuditEventType[];

/** A decision in the audit store. */
export interface StoredDecision {
  readonly row: number;
  readonly event: StoredAuditEvent;
  /** The input of the policy, when it was recorded. */
  readonly input?: unknown;
  /** A code for why the input was not recorded. */
  readonly whyNoInput?: string;
}

/** The common members of all events of one log. */
export interface EventOptions {
  readonly labels: Readonly<Record<string, string>>;
  /** As named in the manifest, for example `countersign/decision`. */
  readonly entrypoint: string;
  /** The name of the bundle in `bundles`. */
  readonly bundle: string;
}

const TYPES: ReadonlySet<string> = new Set(DECISION_TYPES);

export function isDecision(event: AuditEvent): boolean {
  return TYPES.has(event.type) && typeof event.decision_id === 'string';
}

/**
 * Converts a decision to OPA's format, unmasked.
 * `result` is the enforced result: the bundle's, after the service clamped it. An unrecorded input is listed in
 * `erased`.
 */
export function toDecisionEvent(stored: StoredDecision, options: EventOptions): DecisionEvent {
  const { event, input } = stored;
  const { policy_revision: revision, decision_id = '' } = event;
  const evaluated = revision !== undefined;
  return {
    labels: options.labels,
    decision_id,
    ...(evaluated ? { bundles: { [options.bundle]: { revision } }, path: options.entrypoint } : {}),
    ...(input === undefined ? {} : { input }),
    result: resultOf(event),
    ...(evaluated && input === undefined ? { erased: ['/input'] } : {}),
    timestamp: new Date(event.time_ms).toISOString(),
    ...metricsOf(event),
    custom: customOf(stored, evaluated),
  };
}

function resultOf(event: StoredAuditEvent): Record<string, unknown> {
  const { effect, scopes_granted: scopes, ttl_seconds_granted: ttl_seconds, removed } = event;
  return present({
    effect: effect ?? 'deny',
    grant: scopes === undefined ? undefined : present({ scopes, ttl_seconds }),
    removed,
    // The record has the rules and the codes, but not their relation.
    rules: event.rules,
    codes: event.codes,
    clamped: event.clamped,
  });
}

function metricsOf(event: StoredAuditEvent): Pick<DecisionEvent, 'metrics'> {
  const micros: unknown = event.detail?.['evaluation_micros'];
  if (typeof micros !== 'number') return {};
  return { metrics: { timer_rego_query_eval_ns: Math.round(micros * 1000) } };
}

function customOf(stored: StoredDecision, evaluated: boolean): Record<string, unknown> {
  const { event } = stored;
  return present({
    event_id: event.event_id,
    type: event.type,
    request_id: event.request_id,
    agent_id: event.agent_id,
    resource: event.resource,
    input_digest: event.input_digest,
    input_absent:
      evaluated && stored.input === undefined ? (stored.whyNoInput ?? 'not_recorded') : undefined,
    count: event.count,
    bucket: event.bucket,
    first_at_ms: event.first_at_ms,
    last_at_ms: event.last_at_ms,
    grant_id: event.grant_id,
    jti: event.jti,
    alarms: event.alarms,
  });
}

function present(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
