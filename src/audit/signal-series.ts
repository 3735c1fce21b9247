import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SignalSeries } from '../domain/signal-ports.js';
import type { Database, SqlRow } from './database.js';
import { SERIES_SINCE_VERSION, SERIES_TYPES, schemaVersion } from './migrations.js';

export const STEP_MS = 600_000;
/** 14 days. */
export const MAX_CELLS = 2016;
/** Cells read in one go: an hour, so that even an agent that asks all the time holds up no request for long. */
const CELLS_AT_A_TIME = 6;

/**
 * One row for each cell that has a decision, from the index alone; a count weighs as many as it stands for. Grouped by what the index is ordered by,
 * so that nothing is sorted either.
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

/** Whether the file has what a series is read from; a file gets it when its worker is upgraded. */
export function hasSeries(database: Database): boolean {
  return schemaVersion(database) >= SERIES_SINCE_VERSION;
}

/**
 * The decisions of an agent from the cell of `sinceMs` to that of `untilMs`, at most 14 days before it. Lets
 * other work run between the hours.
 */
export async function readSeries(
  database: () => Database | undefined,
  agentId: string,
  sinceMs: number,
  untilMs: number,
): Promise<SignalSeries> {
  const last = Math.floor(untilMs / STEP_MS);
  const first = Math.max(Math.floor(sinceMs / STEP_MS), last - MAX_CELLS + 1);
  const rows: SqlRow[] = [];
  for (let at = first; at <= last; at += CELLS_AT_A_TIME) {
    const end = Math.min(at + CELLS_AT_A_TIME, last + 1);
    // Asked for each time: the store may have been closed meanwhile.
    const open = database();
    if (open === undefined) break;
    rows.push(...open.all(SERIES_SQL, [agentId, at * STEP_MS, end * STEP_MS]));
    await nextTurn();
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
