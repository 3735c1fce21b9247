import type { PageRequest, Delivery, Page } from './audit-query.js';
import type { StoredAuditEvent } from './audit.js';

export type DeliveryListRequest = PageRequest & { readonly state?: Delivery['state'] };

/** The outcome of one delivery attempt. */
export interface DeliveryAttempt {
  readonly state: Delivery['state'];
  /** Reason why it failed; never a URL or a body. */
  readonly error: string | undefined;
  readonly atMs: number;
}

/** The deliveries table, the source of truth about webhooks. The queue carries ids only. */
export interface DeliveryLedger {
  find(id: string): { delivery: Delivery; event: StoredAuditEvent } | undefined;
  /** Returns the ids of pending deliveries after `afterId`, oldest first. */
  pending(limit: number, afterId?: string): readonly string[];
  /** Returns the number of irrevocable deliveries. */
  countIrrevocable(): number;
  /** Counts one attempt of a pending delivery; returns false when it is no longer pending. */
  recordAttempt(id: string, attempt: DeliveryAttempt): boolean;
  /** Makes an irrevocable delivery pending with zero attempts; returns false when it is not irrevocable. */
  reset(id: string, atMs: number): boolean;
  list(request: DeliveryListRequest): Page<Delivery>;
}
