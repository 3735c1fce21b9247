import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SignalSeries } from '../domain/signal-ports.js';
import type { Database, SqlRow } from './database.js';
import { SERIES_SINCE_VERSION, SERIES_TYPES, schemaVersion } from './migrations.js';

export const STEP_MS = 600_000;
/** 14 days. */
export const MAX_CELLS = 2016;
/** Cells read in one query: an hour, so that even a very active agent delays no request for long. */
const CELLS_AT_A_TIME = 6;

/**
 * Reads one row for each cell with a decision, from the index alone.
 * A count weighs as many requests as it represents. Grouped by the order of the index, so that nothing is sorted.
 */
export const SERIES_SQL = `SELECT time_ms / ${String(STEP_MS)} AS cell, sum(coalesce(count, 1)) AS requests,
    sum(type = 'access.granted') AS granted,
    sum(CASE type WHEN 'access.denied' THEN coalesce(count, 1) ELSE 0 END) AS denials,
    sum(CASE type WHEN 'access.rate_limited' THEN coalesce(count, 1) ELSE 0 END) AS rate_limited,
    max(anomaly_ppm) AS anomaly_ppm
  FROM events INDEXED BY events_for_signals
  WHERE agent_id = ? AND time_ms >= ? AND time_ms < ?
    AND type IN (${SERIES_TYPES.map((type) => `'${type}'`).join(', ')})
  GROUP BY cell ORDER BY cell`;

/** Returns whether the file has the index of the series; the worker adds it in an upgrade. */
export function hasSeries(database: Database): boolean {
  return schemaVersion(database) >= SERIES_SINCE_VERSION;
}

/**
 * Returns the decisions of an agent from the cell of `sinceMs` to that of `untilMs`, at most 14 days
 * before it. Yields to other work between the hours, and ends there when the signal is aborted.
 */
export async function readSeries(
  database: () => Database | undefined,
  agentId: string,
  sinceMs: number,
  untilMs: number,
  signal?: AbortSignal,
): Promise<SignalSeries> {
  const last = Math.floor(untilMs / STEP_MS);
  const first = Math.max(Math.floor(sinceMs / STEP_MS), last - MAX_CELLS + 1);
  const rows: SqlRow[] = [];
  for (let at = first; at <= last; at += CELLS_AT_A_TIME) {
    const end = Math.min(at + CELLS_AT_A_TIME, last + 1);
    // Opened each time: the store may have been closed since.
    const open = database();
    if (open === undefined) break;
    rows.push(...open.all(SERIES_SQL, [agentId, at * STEP_MS, end * STEP_MS]));
    await nextTurn();
    signal?.throwIfAborted();
  }
  return seriesOf(first, rows);
}

function seriesOf(first: number, rows: readonly SqlRow[]): SignalSeries {
  const column = (name: string): number[] => rows.map((row) => Number(row[name]));
  return {
    from_ms: first * STEP_MS,
    step_seconds: STEP_MS / 1000,
    cells: {
      index: column('cell').map((cell) => cell - first),
      requests: column('requests'),
      granted: column('granted'),
      denials: column('denials'),
      rate_limited: column('rate_limited'),
      anomaly: rows.map(({ anomaly_ppm: ppm }) => (typeof ppm === 'number' ? ppm / 1e6 : null)),
    },
  };
}
