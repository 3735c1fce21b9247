import type { AuditItem, AuditPage, AuditQuery, Page } from '../domain/audit-query.js';
import { decisionFilter, type DecisionFilter } from './counted.js';
import type { Database, SqlRow, SqlValue } from './database.js';
import { storedEvent } from './event-row.js';
import { checkLimit, decodeCursor, encodeCursor } from './page.js';

type Condition = readonly [sql: string, value: SqlValue | undefined];

function filters(query: AuditQuery): readonly Condition[] {
  return [
    ['e.agent_id = ?', query.agentId],
    ['e.session_id = ?', query.sessionId],
    ['e.task_id = ?', query.taskId],
    ['e.user_id = ?', query.userId],
    ['e.grant_id = ?', query.grantId],
    ['e.jti = ?', query.jti],
    ['e.type = ?', query.type],
    ['e.time_ms >= ?', query.sinceMs],
    ['e.time_ms <= ?', query.untilMs],
  ];
}

/** A page, and whether its events are the counts that represent the queried decision. */
export type EventsPage = Page<AuditItem> & Pick<AuditPage, 'foundBy'>;

function item(row: SqlRow): AuditItem {
  const event = storedEvent(row);
  const count = row['use_count'];
  if (typeof count !== 'number') return event;
  return { ...event, use: { count, last_at_ms: Number(row['use_last_at_ms']) } };
}

function cursorKind(query: AuditQuery): string {
  return `audit-${query.order}`;
}

/**
 * Returns the limit and the position before the page.
 * Throws CountersignError `invalid_request` when either is invalid.
 */
export function checkQuery(query: AuditQuery): {
  readonly limit: number;
  readonly after: readonly number[] | undefined;
} {
  const limit = checkLimit(query.limit);
  if (query.cursor === undefined) return { limit, after: undefined };
  return { limit, after: decodeCursor(cursorKind(query), 2, query.cursor) };
}

/**
 * Returns one page of events by time, those of one millisecond in insertion order.
 * A cursor is the last event of its page, so concurrent writes never repeat or move earlier results. Throws
 * CountersignError `invalid_request` for an invalid limit or cursor.
 */
export function queryEvents(database: Database, query: AuditQuery): EventsPage {
  const { limit, after } = checkQuery(query);
  const active = filters(query).filter(
    (condition): condition is [string, SqlValue] => condition[1] !== undefined,
  );
  const where = active.map(([sql]) => sql);
  const values: SqlValue[] = active.map(([, value]) => value);
  const decision =
    query.decisionId === undefined ? undefined : decisionFilter(database, query.decisionId);
  if (decision !== undefined) {
    where.push(decision.sql);
    values.push(...decision.values);
  }
  if (after !== undefined) {
    where.push(`(e.time_ms, e.id) ${query.order === 'asc' ? '>' : '<'} (?, ?)`);
    values.push(...after);
  }
  const direction = query.order === 'asc' ? 'ASC' : 'DESC';
  const rows = database.all(
    `SELECT e.id, e.shard, e.epoch, e.seq, e.n, e.time_ms, e.json,
       u.count AS use_count, u.last_at_ms AS use_last_at_ms
     FROM events e LEFT JOIN uses u ON u.grant_id = e.grant_id
     ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}
     ORDER BY e.time_ms ${direction}, e.id ${direction} LIMIT ?`,
    [...values, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined
      ? encodeCursor(cursorKind(query), [Number(last['time_ms']), Number(last['id'])])
      : undefined;
  return { items: shown.map(item), nextCursor, ...foundBy(decision, shown.length) };
}

function foundBy(decision: DecisionFilter | undefined, found: number): Pick<AuditPage, 'foundBy'> {
  return decision?.by === 'counted' && found > 0 ? { foundBy: 'shard_and_minute' } : {};
}
