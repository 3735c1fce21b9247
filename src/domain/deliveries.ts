import type { PageRequest, Delivery, Page } from './audit-query.js';
import type { StoredAuditEvent } from './audit.js';

export type DeliveryListRequest = PageRequest & { readonly state?: Delivery['state'] };

/** How one try at a delivery ended. */
export interface DeliveryAttempt {
  readonly state: Delivery['state'];
  /** Why it failed; never a URL or a body. */
  readonly error: string | undefined;
  readonly atMs: number;
}

/** The deliveries table: the truth about webhooks. The queue only carries ids. */
export interface DeliveryLedger {
  find(id: string): { delivery: Delivery; event: StoredAuditEvent } | undefined;
  /** Ids of pending deliveries, oldest first, after `afterId`. */
  pending(limit: number, afterId?: string): readonly string[];
  /** Number of deliveries that are irrevocable now. */
  countIrrevocable(): number;
  /** Counts one try of a pending delivery. False when it is not pending any more. */
  recordAttempt(id: string, attempt: DeliveryAttempt): boolean;
  /** Makes an irrevocable delivery pending again with no tries counted. False when it is not irrevocable. */
  reset(id: string, atMs: number): boolean;
  list(request: DeliveryListRequest): Page<Delivery>;
}
