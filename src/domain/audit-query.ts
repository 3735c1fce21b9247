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

/** Which events to show. Times are inclusive, in milliseconds since the Unix epoch. */
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

/** An event with the use seen through introspection of the grant it names. */
export interface AuditItem extends StoredAuditEvent {
  readonly use?: { readonly count: number; readonly last_at_ms: number };
}

export interface AuditPage extends Page<AuditItem> {
  /** False when events that were in the streams at the time of the query are not in the store yet (worker down or behind). */
  readonly complete: boolean;
  /** What is wrong with the audit store, and what to do; absent when nothing is. */
  readonly problem?: string;
  /** The decision that was asked for has no event of its own: it is one of the refusals that these events count. */
  readonly foundBy?: 'shard_and_minute';
  /** Refusals whose minute is not over: of the agent, or of the decision's shard and minute. Absent when there is none. */
  readonly counting?: readonly OpenRefusals[];
}

/** One event on its way to one webhook endpoint. Members are wire names. */
export interface Delivery {
  readonly id: string;
  readonly event_id: string;
  readonly endpoint: string;
  /** `irrevocable`: every try failed; an operator must look. */
  readonly state: 'pending' | 'delivered' | 'irrevocable';
  readonly attempts: number;
  readonly last_error?: string;
  readonly updated_at_ms: number;
}
