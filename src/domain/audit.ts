import type { PolicyInput } from './policy.js';
import type { RefusalBucket } from './budget.js';
import type { Principal } from './revocation.js';
import type { SaidTerm } from './signals.js';

export const AUDIT_EVENT_TYPES = [
  'access.granted',
  'access.denied',
  'access.review_required',
  'access.rate_limited',
  'access.refused',
  'token.introspected',
  'token.misused',
  'token.expired',
  'revocation.applied',
  'revocation.lifted',
  'agent.created',
  'agent.updated',
  'agent.deleted',
  'agent.restored',
  'agent.status_changed',
  'agent.secret_created',
  'agent.secret_deleted',
  'resource.written',
  'resource.deleted',
  'resource_server.written',
  'resource_server.deleted',
  'resource_server.secret_created',
  'resource_server.secret_deleted',
  'key.published',
  'key.activated',
  'key.retired',
  'key.revoked',
  'key.rotation_requested',
  'policy.pushed',
  'policy.admitted',
  'policy.refused',
  'policy.replayed',
  'policy.activated',
  'policy.rolled_back',
  'policy.exhausted',
  'policy.candidate_dropped',
  'policy.shadow_started',
  'policy.shadow_ended',
  'policy.canary_started',
  'policy.canary_ended',
  'policy.evaluated',
  'signals.reset',
  'limits.changed',
  'admin.refused',
  'store.clock_reset',
  'audit.gap',
  'delivery.retry_requested',
  'audit.pruned',
] as const;
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/**
 * An audit event as written to the stream. Members are wire names; absent means unknown.
 *
 * The store adds time (its tick), shard, epoch and sequence. Shard, epoch and sequence identify the event.
 */
export interface AuditEvent {
  readonly type: AuditEventType;
  readonly request_id?: string;
  readonly principal: Principal;
  readonly agent_id?: string;
  readonly session_id?: string;
  readonly task_id?: string;
  readonly user_id?: string;
  readonly declared_reason?: string;
  readonly resource?: string;
  readonly scopes_requested?: readonly string[];
  readonly scopes_granted?: readonly string[];
  readonly removed?: readonly { scope: string; rule: string; reason: string }[];
  readonly decision_id?: string;
  readonly effect?: string;
  readonly rules?: readonly string[];
  readonly codes?: readonly string[];
  readonly policy_revision?: string;
  readonly input_digest?: string;
  /**
   * The policy input of the decision, on the way to the store only.
   *
   * The store keeps it apart from the event, so that readers of events (including sinks and webhooks) see no inputs.
   */
  readonly policy_input?: PolicyInput;
  /** JSON pointers of the input's values that are stored as keyed digests. */
  readonly input_masked?: readonly string[];
  /** Reason why the input was not stored: `input_too_large`, `inputs_off`. */
  readonly not_replayable?: string;
  readonly clamped?: boolean;
  readonly alarms?: readonly string[];
  readonly authentication?: string;
  /** A fingerprint of the client program. */
  readonly client?: string;
  /** Number of honey scopes among the requested ones; absent for 0. */
  readonly honey_scopes?: number;
  /** The agent's anomaly score, in [0, 1). */
  readonly anomaly?: number;
  /** Terms of the anomaly score, largest first; absent when there are none. */
  readonly signals?: readonly SaidTerm[];
  readonly ttl_seconds_requested?: number;
  readonly ttl_seconds_granted?: number;
  readonly expires_at_ms?: number;
  readonly grant_id?: string;
  readonly jti?: string;
  readonly kid?: string;
  /** Number of refusals this event counts; its request members are those of the first. */
  readonly count?: number;
  /** Reason for the refusals: the empty budget, or `quarantine`. */
  readonly bucket?: RefusalBucket;
  /** Times of the first and last counted refusal by the shard's clock, within one minute. */
  readonly first_at_ms?: number;
  readonly last_at_ms?: number;
  /** Names of members that were truncated. */
  readonly cut?: readonly string[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** An audit event with the identity and time assigned by the store. */
export interface StoredAuditEvent extends AuditEvent {
  /** `<shard>/<epoch>/<seq>`, with `.<n>` after it for the n-th event of a batch. */
  readonly event_id: string;
  readonly time_ms: number;
}
