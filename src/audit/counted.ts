import type { AuditEvent } from '../domain/audit.js';
import { placeOfDecision } from '../domain/ids.js';
import { MINUTE_MS, minutesOfCount } from '../domain/refusal.js';
import type { Database, SqlValue } from './database.js';

/** Returns how many refusals an event represents; undefined for an event of one request. */
export function countOf({ count }: AuditEvent): number | undefined {
  return Number.isSafeInteger(count) && Number(count) >= 1 ? count : undefined;
}

/**
 * Returns the time of an event, at most the time of its entry.
 * The time of a count is that of its last refusal: it belongs to the counted minute, not to the minute of the write.
 */
export function timeOfEvent(event: AuditEvent, tickMs: number): number {
  const last = event.last_at_ms;
  if (countOf(event) === undefined || !Number.isSafeInteger(last)) return tickMs;
  return Math.min(tickMs, Math.max(0, Number(last)));
}

/** A part of a WHERE clause, and its bound values. */
export interface Where {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/**
 * A filter for the event of a decision.
 * `counted`: the decision has no event; the filter finds the counts of its shard that can contain it.
 */
export interface DecisionFilter extends Where {
  readonly by: 'event' | 'counted';
}

/** Returns a filter by the decision's event, else by the counts that represent it. */
export function decisionFilter(database: Database, decisionId: string): DecisionFilter {
  const own: DecisionFilter = { by: 'event', sql: 'e.decision_id = ?', values: [decisionId] };
  const place = placeOfDecision(decisionId);
  if (place === undefined) return own;
  const found = database.all('SELECT 1 AS there FROM events WHERE decision_id = ? LIMIT 1', [
    decisionId,
  ]);
  if (found.length > 0) return own;
  const { first, last } = minutesOfCount(place.atMs);
  return {
    by: 'counted',
    sql: 'e.count IS NOT NULL AND e.shard = ? AND e.time_ms >= ? AND e.time_ms < ?',
    values: [String(place.shard), first * MINUTE_MS, (last + 1) * MINUTE_MS],
  };
}
