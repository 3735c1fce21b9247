import type { AuditEvent } from '../domain/audit.js';
import type { Database, SqlValue } from './database.js';
import { eventValues, INSERT_EVENT } from './event-row.js';

/** The bounds of the record: age in milliseconds and file size in bytes. */
export interface RetentionLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
}

/** Readers of the store; unread events are not pruned. */
export interface RetentionReaders {
  /** Names of the configured sinks in the table of sink positions. */
  readonly sinks: readonly string[];
  /** Replays read decisions younger than this. */
  readonly replayMs: number;
}

/**
 * Pruning classes in order.
 * Refusals, then events that follow from a grant or end without one, then grants and all other events. Those other
 * events are pruned by age alone.
 */
export const RETENTION_CLASSES = ['refusals', 'routine', 'lasting'] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

/** The events pruned from one class. */
export interface Pruned {
  readonly class: RetentionClass;
  readonly why: 'age' | 'size';
  readonly events: number;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly first_row: number;
  readonly last_row: number;
}

/** One step: prunes up to `rows` of the oldest events, and notes it, in one transaction. */
export interface PruneStep {
  readonly limits: RetentionLimits;
  readonly readers: RetentionReaders;
  /** Later rows are too new: an export may read their entries again. */
  readonly throughRow: number;
  readonly nowMs: number;
  readonly rows: number;
}

const ROUTINE = [
  'access.denied',
  'access.review_required',
  'access.refused',
  'token.introspected',
  'token.expired',
  'token.misused',
  'policy.evaluated',
];
/** Types read by replays. */
const DECISIONS = ['access.granted', 'access.denied', 'access.review_required'];
/** Events younger than this are not pruned by size. */
const FRESH_MS = 3_600_000;
const NOTES = 'pruning';

/** A part of a class that one index returns in the order of time. */
interface Source {
  readonly where: string;
  readonly values: readonly SqlValue[];
  /** Rows are kept while a replay may read them. */
  readonly replayed: boolean;
}

const COUNTED: Source = { where: 'count IS NOT NULL', values: [], replayed: false };

function ofType(type: string): Source {
  const replayed = DECISIONS.includes(type);
  return { where: 'type = ? AND count IS NULL', values: [type], replayed };
}

/**
 * Returns the parts of a class.
 * By size, only grants are pruned among the lasting events, so a flood of decisions never displaces the record of
 * operators' actions.
 */
function sourcesOf(database: Database, kind: RetentionClass, why: Pruned['why']): Source[] {
  if (kind === 'refusals') return [COUNTED, ofType('access.rate_limited')];
  if (kind === 'routine') return ROUTINE.map(ofType);
  if (why === 'size') return [ofType('access.granted')];
  const others = new Set([...ROUTINE, 'access.rate_limited']);
  return typesIn(database)
    .filter((type) => !others.has(type))
    .map(ofType);
}

/** Returns every type in the store, with one index step for each. */
function typesIn(database: Database): string[] {
  const rows = database.all(
    `WITH RECURSIVE known(type) AS (
       SELECT min(type) FROM events
       UNION ALL
       SELECT (SELECT min(type) FROM events WHERE type > known.type) FROM known
       WHERE known.type IS NOT NULL)
     SELECT type FROM known WHERE type IS NOT NULL`,
  );
  return rows.map(({ type }) => String(type));
}

/** Returns the bytes in use; free pages are reused before the file grows. */
export function usedBytes(database: Database): number {
  const pragma = (name: string): number => Number(database.all(`PRAGMA ${name}`)[0]?.[name] ?? 0);
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}

/** Returns the last row read by every configured sink; a sink without a position holds back every row. */
function readThrough(database: Database, sinks: readonly string[]): number {
  const rows = database.all('SELECT name, event_row FROM sinks');
  const positions = new Map(rows.map((row) => [String(row['name']), Number(row['event_row'])]));
  return Math.min(Number.MAX_SAFE_INTEGER, ...sinks.map((name) => positions.get(name) ?? 0));
}

/** Returns prunable rows of a class before a time, the oldest first. */
function prunable(
  database: Database,
  step: PruneStep,
  kind: RetentionClass,
  why: Pruned['why'],
): readonly { readonly id: number; readonly timeMs: number }[] {
  const { limits, readers, nowMs, rows } = step;
  const beforeMs = nowMs - (why === 'age' ? limits.maxAgeMs : Math.min(FRESH_MS, limits.maxAgeMs));
  const through = Math.min(step.throughRow, readThrough(database, readers.sinks));
  // A pending webhook delivery holds its event; an irrevocable one, which an operator may retry, holds it until its
  // age.
  const undelivered = why === 'age' ? `'pending'` : `'pending', 'irrevocable'`;
  const found = sourcesOf(database, kind, why).flatMap(({ where, values, replayed }) => {
    const upToMs = replayed ? Math.min(beforeMs, nowMs - readers.replayMs) : beforeMs;
    return database.all(
      `SELECT id, time_ms FROM events e
       WHERE ${where} AND time_ms < ? AND id <= ?
         AND NOT EXISTS (SELECT 1 FROM deliveries d
           WHERE d.event_row = e.id AND d.state IN (${undelivered}))
       ORDER BY time_ms LIMIT ?`,
      [...values, upToMs, through, rows],
    );
  });
  const all = new Map(found.map((row) => [Number(row['id']), Number(row['time_ms'])]));
  return [...all]
    .map(([id, timeMs]) => ({ id, timeMs }))
    .sort((a, b) => a.timeMs - b.timeMs || a.id - b.id)
    .slice(0, rows);
}

/**
 * Prunes one batch of the first class with prunable events and records it, in one transaction.
 * Returns the number of pruned events; 0 when none may go.
 */
export function pruneBatch(database: Database, step: PruneStep): number {
  return database.transaction(() => {
    const reasons: Pruned['why'][] =
      usedBytes(database) > step.limits.maxBytes ? ['age', 'size'] : ['age'];
    for (const why of reasons) {
      for (const kind of RETENTION_CLASSES) {
        const rows = prunable(database, step, kind, why);
        if (rows.length === 0) continue;
        for (const { id } of rows) database.run('DELETE FROM events WHERE id = ?', [id]);
        note(database, kind, why, rows);
        return rows.length;
      }
    }
    return 0;
  });
}

function notes(database: Database): readonly Pruned[] {
  const [row] = database.all('SELECT value FROM meta WHERE key = ?', [NOTES]);
  return row === undefined ? [] : (JSON.parse(String(row['value'])) as Pruned[]);
}

function note(
  database: Database,
  kind: RetentionClass,
  why: Pruned['why'],
  rows: readonly { readonly id: number; readonly timeMs: number }[],
): void {
  const before = notes(database);
  const known = before.find((one) => one.class === kind && one.why === why);
  const [ids, times] = [rows.map(({ id }) => id), rows.map(({ timeMs }) => timeMs)];
  const next: Pruned = {
    class: kind,
    why,
    events: rows.length + (known?.events ?? 0),
    from_ms: Math.min(...times, known?.from_ms ?? Infinity),
    to_ms: Math.max(...times, known?.to_ms ?? 0),
    first_row: Math.min(...ids, known?.first_row ?? Infinity),
    last_row: Math.max(...ids, known?.last_row ?? 0),
  };
  const all = [...before.filter((one) => one !== known), next];
  database.run(
    `INSERT INTO meta (key, value) VALUES (?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [NOTES, JSON.stringify(all)],
  );
}

/**
 * Writes one `audit.pruned` event for each note and deletes the notes, in one transaction.
 * After a crash the next run writes the events of the previous one. Returns the written ranges.
 */
export function recordPruning(
  database: Database,
  storeId: string,
  nowMs: number,
): readonly Pruned[] {
  return database.transaction(() => {
    const all = notes(database);
    if (all.length === 0) return all;
    const [last] = database.all("SELECT max(seq) AS seq FROM events WHERE shard = 'retention'");
    // Rises even after older ones of these events were pruned.
    let seq = Math.max(nowMs, Number(last?.['seq'] ?? 0) + 1);
    for (const { class: kind, why, ...range } of all) {
      const event: AuditEvent = {
        type: 'audit.pruned',
        principal: { kind: 'system', id: 'audit-retention' },
        detail: { class: kind, why, ...range },
      };
      const place = { shard: 'retention', epoch: storeId, seq: seq++, n: 0, timeMs: nowMs };
      database.run(INSERT_EVENT, eventValues(place, event));
    }
    database.run('DELETE FROM meta WHERE key = ?', [NOTES]);
    return all;
  });
}

/**
 * Returns up to `pages` free pages to the file system.
 * Does nothing in a file created without incremental vacuum.
 */
export function returnPages(database: Database, pages: number): void {
  database.exec(`PRAGMA incremental_vacuum(${String(pages)})`);
}

/** Checkpoints the log into the file, which only then becomes shorter. Waits for no reader. */
export function checkpoint(database: Database): void {
  database.all('PRAGMA wal_checkpoint(PASSIVE)');
}
