import type { StoredAuditEvent } from './audit.js';
import type { OpenRefusals } from './refusal.js';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; undefined on the last page. */
  readonly nextCursor: string | undefined;
}

export interface PageRequest {
  readonly cursor: string | undefined;
  /** 1 to 500. */
  readonly limit: number;
}

/** A filter over audit events. Times are inclusive, in milliseconds since the Unix epoch. */
export interface AuditQuery extends PageRequest {
  readonly agentId?: string;
  readonly sessionId?: string;
  readonly taskId?: string;
  readonly userId?: string;
  readonly decisionId?: string;
  readonly grantId?: string;
  readonly jti?: string;
  readonly type?: string;
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly order: 'asc' | 'desc';
}

/** An audit event with the introspected use of its grant. */
export interface AuditItem extends StoredAuditEvent {
  readonly use?: { readonly count: number; readonly last_at_ms: number };
}

export interface AuditPage extends Page<AuditItem> {
  /** False when events in the streams at query time are not stored yet (worker down or behind). */
  readonly complete: boolean;
  /** Problem of the audit store and its remedy; absent when there is none. */
  readonly problem?: string;
  /** Set when the requested decision is one of the refusals counted by these events. */
  readonly foundBy?: 'shard_and_minute';
  /**
   * Refusals of a minute that has not ended: of the agent, or of the decision's shard and minute. Absent when empty.
   */
  readonly counting?: readonly OpenRefusals[];
}

/** The delivery of one event to one webhook endpoint. Members are wire names. */
export interface Delivery {
  readonly id: string;
  readonly event_id: string;
  readonly endpoint: string;
  /** `irrevocable`: every attempt failed; an operator must act. */
  readonly state: 'pending' | 'delivered' | 'irrevocable';
  readonly attempts: number;
  readonly last_error?: string;
  readonly updated_at_ms: number;
}
