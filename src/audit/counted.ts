import type { AuditEvent } from '../domain/audit.js';
import { placeOfDecision } from '../domain/ids.js';
import { MINUTE_MS } from '../domain/refusal.js';
import type { Database, SqlValue } from './database.js';

/** How many refusals an event stands for; undefined for an event of one request. */
export function countOf({ count }: AuditEvent): number | undefined {
  return Number.isSafeInteger(count) && Number(count) >= 1 ? count : undefined;
}

/**
 * The time of an event: of a count its last refusal, so that it stands in the minute that it counts and not in the one
 * it was written in; of any other its entry's. Never after the entry.
 */
export function timeOfEvent(event: AuditEvent, tickMs: number): number {
  const last = event.last_at_ms;
  if (countOf(event) === undefined || !Number.isSafeInteger(last)) return tickMs;
  return Math.min(tickMs, Math.max(0, Number(last)));
}

/** A part of a WHERE clause, and what is bound to it. */
export interface Where {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Finds the event of a decision; `counted` when it has none, and the counts of its shard and minute are found instead. */
export interface DecisionFilter extends Where {
  readonly by: 'event' | 'counted';
}

/** By the event that names the decision, else by the counts that stand for it. */
export function decisionFilter(database: Database, decisionId: string): DecisionFilter {
  const own: DecisionFilter = { by: 'event', sql: 'e.decision_id = ?', values: [decisionId] };
  const place = placeOfDecision(decisionId);
  if (place === undefined) return own;
  const found = database.all('SELECT 1 AS there FROM events WHERE decision_id = ? LIMIT 1', [
    decisionId,
  ]);
  if (found.length > 0) return own;
  const from = Math.floor(place.atMs / MINUTE_MS) * MINUTE_MS;
  return {
    by: 'counted',
    sql: 'e.count IS NOT NULL AND e.shard = ? AND e.time_ms >= ? AND e.time_ms < ?',
    values: [String(place.shard), from, from + MINUTE_MS],
  };
}
