import type { AuditItem, AuditPage, AuditQuery, Page } from '../domain/audit-query.js';
import { decisionFilter, type DecisionFilter, type Where } from './counted.js';
import type { Database, SqlRow } from './database.js';
import { storedEvent } from './event-row.js';
import { checkLimit, decodeCursor, encodeCursor } from './page.js';
import { all, queryConditions, type QueryConditions } from './query-conditions.js';

/** A page, and whether its events are the counts that represent the queried decision. */
export type EventsPage = Page<AuditItem> & Pick<AuditPage, 'foundBy'>;

/** Maximum length of the events of a page, in UTF-16 code units; a page of larger events has fewer. */
const PAGE_CHARS = 1024 * 1024;
/** Rows that one part of a query reads at most: some milliseconds of work. */
const PART_ROWS = 2000;

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
  const parts = queryInParts(() => database, query);
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
  }
}

/**
 * Finds a page like queryEvents and yields between its parts, each of a bounded number of rows.
 * Gets the database for each part: it may have been closed since, and the page then ends.
 */
export function* queryInParts(
  database: () => Database | undefined,
  query: AuditQuery,
): Generator<void, EventsPage> {
  const { limit, after } = checkQuery(query);
  const first = database();
  if (first === undefined) return { items: [], nextCursor: undefined };
  const decision =
    query.decisionId === undefined ? undefined : decisionFilter(first, query.decisionId);
  const conditions = queryConditions(first, query, decision);
  const rows: SqlRow[] = [];
  let position = after;
  for (;;) {
    const open = database();
    if (open === undefined) break;
    const end = endOfPart(open, conditions, query.order, position);
    const wanted = limit + 1 - rows.length;
    rows.push(...rowsOfPart(open, conditions, query.order, { after: position, end, wanted }));
    if (end === undefined || rows.length > limit) break;
    position = end;
    yield;
  }
  return pageOf(query, decision, rows, limit);
}

type Position = readonly number[];

/** Returns the last position of the part after `after`; undefined when it is the last part. */
function endOfPart(
  database: Database,
  { index, leading, time, rest }: QueryConditions,
  order: AuditQuery['order'],
  after: Position | undefined,
): Position | undefined {
  // Every row matches, so the limit of the page bounds the rows.
  if (rest.sql === '') return undefined;
  const where = all([leading, time, beyond(order, after)]);
  const [row] = database.all(
    `SELECT e.time_ms, e.id FROM events e INDEXED BY ${index} ${whereOf(where)}
     ${orderBy(order)} LIMIT 1 OFFSET ${String(PART_ROWS - 1)}`,
    where.values,
  );
  return row === undefined ? undefined : [Number(row['time_ms']), Number(row['id'])];
}

function rowsOfPart(
  database: Database,
  { index, leading, time, rest }: QueryConditions,
  order: AuditQuery['order'],
  part: {
    readonly after?: Position | undefined;
    readonly end?: Position | undefined;
    readonly wanted: number;
  },
): readonly SqlRow[] {
  const where = all([leading, time, beyond(order, part.after), upTo(order, part.end), rest]);
  return database.all(
    `SELECT e.id, e.shard, e.epoch, e.seq, e.n, e.time_ms, e.json,
       u.count AS use_count, u.last_at_ms AS use_last_at_ms
     FROM events e INDEXED BY ${index} LEFT JOIN uses u ON u.grant_id = e.grant_id
     ${whereOf(where)} ${orderBy(order)} LIMIT ?`,
    [...where.values, part.wanted],
  );
}

function beyond(order: AuditQuery['order'], position: Position | undefined): Where {
  if (position === undefined) return { sql: '', values: [] };
  return { sql: `(e.time_ms, e.id) ${order === 'asc' ? '>' : '<'} (?, ?)`, values: position };
}

function upTo(order: AuditQuery['order'], position: Position | undefined): Where {
  if (position === undefined) return { sql: '', values: [] };
  return { sql: `(e.time_ms, e.id) ${order === 'asc' ? '<=' : '>='} (?, ?)`, values: position };
}

function whereOf({ sql }: Where): string {
  return sql === '' ? '' : `WHERE ${sql}`;
}

function orderBy(order: AuditQuery['order']): string {
  const direction = order === 'asc' ? 'ASC' : 'DESC';
  return `ORDER BY e.time_ms ${direction}, e.id ${direction}`;
}

function pageOf(
  query: AuditQuery,
  decision: DecisionFilter | undefined,
  rows: readonly SqlRow[],
  limit: number,
): EventsPage {
  const shown = withinSize(rows.slice(0, limit));
  const last = shown.at(-1);
  const nextCursor =
    rows.length > shown.length && last !== undefined
      ? encodeCursor(cursorKind(query), [Number(last['time_ms']), Number(last['id'])])
      : undefined;
  return { items: shown.map(item), nextCursor, ...foundBy(decision, shown.length) };
}

/** Returns the first rows of a page, at least one, within its size: the answer is made on the main thread. */
function withinSize(rows: readonly SqlRow[]): readonly SqlRow[] {
  let chars = 0;
  const end = rows.findIndex((row, at) => {
    chars += String(row['json']).length;
    return at > 0 && chars > PAGE_CHARS;
  });
  return end === -1 ? rows : rows.slice(0, end);
}

function foundBy(decision: DecisionFilter | undefined, found: number): Pick<AuditPage, 'foundBy'> {
  return decision?.by === 'counted' && found > 0 ? { foundBy: 'shard_and_minute' } : {};
}
