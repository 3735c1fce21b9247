import type { Delivery, Page } from '../domain/audit-query.js';
import type { StoredAuditEvent } from '../domain/audit.js';
import type { DeliveryListRequest, DeliveryLedger } from '../domain/deliveries.js';
import type { Database, SqlRow, SqlValue } from './database.js';
import { storedEvent } from './event-row.js';
import { checkLimit, decodeCursor, encodeCursor } from './page.js';

function delivery(row: SqlRow): Delivery {
  const lastError = row['last_error'];
  return {
    id: String(row['id']),
    event_id: String(row['event_id']),
    endpoint: String(row['endpoint']),
    state: String(row['state']) as Delivery['state'],
    attempts: Number(row['attempts']),
    ...(typeof lastError === 'string' ? { last_error: lastError } : {}),
    updated_at_ms: Number(row['updated_at_ms']),
  };
}

/**
 * Returns one page of deliveries, newest first.
 * Throws `invalid_request` for an invalid limit or cursor.
 */
export function listDeliveries(database: Database, request: DeliveryListRequest): Page<Delivery> {
  const limit = checkLimit(request.limit);
  const where: string[] = [];
  const values: SqlValue[] = [];
  if (request.state !== undefined) {
    where.push('state = ?');
    values.push(request.state);
  }
  if (request.cursor !== undefined) {
    where.push('ord < ?');
    values.push(...decodeCursor('deliveries', 1, request.cursor));
  }
  const rows = database.all(
    `SELECT * FROM deliveries ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
     ORDER BY ord DESC LIMIT ?`,
    [...values, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(delivery),
    nextCursor:
      rows.length > limit && last !== undefined
        ? encodeCursor('deliveries', [Number(last['ord'])])
        : undefined,
  };
}

/** Returns a delivery and the event it carries; undefined for an unknown id. */
export function findDelivery(
  database: Database,
  id: string,
): { delivery: Delivery; event: StoredAuditEvent } | undefined {
  const [row] = database.all('SELECT * FROM deliveries WHERE id = ?', [id]);
  if (row === undefined) return undefined;
  const [event] = database.all('SELECT * FROM events WHERE id = ?', [row['event_row'] ?? null]);
  return event === undefined ? undefined : { delivery: delivery(row), event: storedEvent(event) };
}

/**
 * Makes an irrevocable delivery pending again.
 * Returns false when the id is unknown or in another state.
 */
function resetDelivery(database: Database, id: string, atMs: number): boolean {
  const changed = database.run(
    `UPDATE deliveries SET state = 'pending', attempts = 0, updated_at_ms = ?
     WHERE id = ? AND state = 'irrevocable'`,
    [atMs, id],
  );
  return changed === 1;
}

/** Creates the ledger of deliveries in an open store. */
export function createDeliveryLedger(database: Database): DeliveryLedger {
  return {
    find: (id) => findDelivery(database, id),
    pending: (limit, afterId) =>
      database
        .all(
          `SELECT id FROM deliveries WHERE state = 'pending'
             AND ord > coalesce((SELECT ord FROM deliveries WHERE id = ?), 0)
           ORDER BY ord LIMIT ?`,
          [afterId ?? null, limit],
        )
        .map((row) => String(row['id'])),
    countIrrevocable: () => {
      const [row] = database.all(
        "SELECT count(*) AS count FROM deliveries WHERE state = 'irrevocable'",
      );
      return Number(row?.['count'] ?? 0);
    },
    recordAttempt: (id, attempt) => {
      const changed = database.run(
        `UPDATE deliveries SET state = ?, attempts = attempts + 1, last_error = ?, updated_at_ms = ?
         WHERE id = ? AND state = 'pending'`,
        [attempt.state, attempt.error ?? null, attempt.atMs, id],
      );
      return changed === 1;
    },
    reset: (id, atMs) => resetDelivery(database, id, atMs),
    list: (request) => listDeliveries(database, request),
  };
}
