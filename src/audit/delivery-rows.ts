import { createHash } from 'node:crypto';
import type { AuditEvent } from '../domain/audit.js';
import type { Database } from './database.js';

/**
 * Returns whether webhooks receive an event: revocations, quarantine, and requests, evaluations and
 * losses with an alarm.
 */
export function callsForDelivery(event: AuditEvent): boolean {
  const type: unknown = event.type;
  switch (type) {
    case 'revocation.applied':
    case 'revocation.lifted':
      return true;
    case 'agent.status_changed':
      return event.detail?.['status'] === 'quarantined';
    case 'audit.gap':
    case 'policy.evaluated':
      return (event.alarms?.length ?? 0) > 0;
    default:
      return (
        typeof type === 'string' && type.startsWith('access.') && (event.alarms?.length ?? 0) > 0
      );
  }
}

/**
 * Returns the delivery id of an event and endpoint.
 * Deterministic, and without `:`, which job ids may not contain.
 */
export function deliveryId(eventId: string, endpoint: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([eventId, endpoint]))
    .digest('hex');
  return `dlv_${digest.slice(0, 40)}`;
}

/** Inserts one pending row for each endpoint. Call in the event's transaction, right after its insert. */
function insertDeliveries(
  database: Database,
  eventId: string,
  timeMs: number,
  endpoints: readonly string[],
): void {
  for (const endpoint of endpoints) {
    database.run(
      `INSERT OR IGNORE INTO deliveries
         (id, event_row, event_id, endpoint, state, attempts, last_error, updated_at_ms)
       VALUES (?, (SELECT max(id) FROM events), ?, ?, 'pending', 0, NULL, ?)`,
      [deliveryId(eventId, endpoint), eventId, endpoint, timeMs],
    );
  }
}

/** The webhook endpoints and their subscriptions. */
export interface DeliveryTargets {
  readonly endpoints: readonly string[];
  readonly wants: (endpoint: string, type: string) => boolean;
}

/** Inserts the deliveries of an event that was just inserted, if any. Call in its transaction. */
export function deliverToAll(
  database: Database,
  id: string,
  timeMs: number,
  event: AuditEvent,
  { endpoints, wants }: DeliveryTargets,
): void {
  if (!callsForDelivery(event)) return;
  const wanting = endpoints.filter((endpoint) => wants(endpoint, event.type));
  insertDeliveries(database, id, timeMs, wanting);
}
