import type { DecisionLogState } from '../../domain/decision-log.js';
import type { Database, SqlRow } from '../database.js';
import { deliverToAll, type DeliveryTargets } from '../delivery-rows.js';
import { eventId, eventValues, INSERT_EVENT, storedEvent } from '../event-row.js';
import { DECISION_TYPES, isDecision, type StoredDecision } from './event.js';
import { overflowEvent, type Loss } from './loss.js';

/** A range of rows, and a summary of its decisions. */
export interface Stretch {
  /** The last row of the range. */
  readonly through: number;
  readonly events: number;
  /** Stored size of the decisions. */
  readonly bytes: number;
  /** Times of the first and last decision; undefined when there is none. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/**
 * The audit store as the source of the decision log.
 * Undelivered events stay in it, so the database on disk is the buffer. A sink's position and its state are written
 * together.
 */
export interface DecisionSource {
  /** Returns decisions among the next `rows` rows, oldest first, and the last row scanned. */
  decisionsAfter(
    row: number,
    rows: number,
  ): { readonly decisions: readonly StoredDecision[]; readonly through: number };
  /** Measures the next rows without reading events. Undefined at the end. */
  measureAfter(row: number, rows: number, through?: number): Stretch | undefined;
  position(sink: string): number | undefined;
  /** Registers a new sink at the next event. */
  begin(sink: string): number;
  state(sink: string): DecisionLogState | undefined;
  /** Advances a sink. Returns false, and writes nothing, when another process moved it from `from`. */
  advance(sink: string, from: number, to: number, state: DecisionLogState): boolean;
  /** Advances a sink past events that are given up; records the loss and delivers it to the webhooks. */
  skip(sink: string, from: number, loss: Loss, state: DecisionLogState): boolean;
  keepState(sink: string, state: DecisionLogState): void;
}

/** Returns the name of a sink in the store's table of positions. */
export function sinkName(sink: string): string {
  return `decision-log:${sink}`;
}

const STATE = `INSERT INTO meta (key, value) VALUES (?, ?)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`;
const IS_DECISION = `type IN (${DECISION_TYPES.map((type) => `'${type}'`).join(', ')}) AND decision_id IS NOT NULL`;
const MEASURE = `SELECT max(id) AS through,
    coalesce(sum(decides), 0) AS events,
    coalesce(sum(CASE WHEN decides THEN octets END), 0) AS bytes,
    min(CASE WHEN decides THEN time_ms END) AS from_ms,
    max(CASE WHEN decides THEN time_ms END) AS to_ms
  FROM (SELECT id, time_ms, (${IS_DECISION}) AS decides,
      length(CAST(events.json AS BLOB)) + coalesce(length(CAST(i.json AS BLOB)), 0) AS octets
    FROM events LEFT JOIN decision_inputs i ON i.event_row = id
    WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)`;

/** Creates the part of the audit store that the decision log uses. */
export function createDecisionSource(
  database: Database,
  storeId: string,
  targets: DeliveryTargets,
  nowMs: () => number,
): DecisionSource {
  const position = (sink: string): number | undefined => positionOf(database, sink);
  const move = (sink: string, to: number, state: DecisionLogState): void => {
    database.run('UPDATE sinks SET event_row = ? WHERE name = ?', [to, sinkName(sink)]);
    database.run(STATE, [sinkName(sink), JSON.stringify(state)]);
  };
  return {
    decisionsAfter: (row, rows) => decisionsAfter(database, row, rows),
    measureAfter: (row, rows, through) => measureAfter(database, row, rows, through),
    position,
    begin: (sink) =>
      database.transaction(() => {
        database.run(
          `INSERT OR IGNORE INTO sinks (name, event_row)
           VALUES (?, (SELECT coalesce(max(id), 0) FROM events))`,
          [sinkName(sink)],
        );
        return position(sink) ?? 0;
      }),
    state: (sink) => readState(database, sink),
    advance: (sink, from, to, state) =>
      database.transaction(() => {
        if (position(sink) !== from) return false;
        move(sink, to, state);
        return true;
      }),
    skip: (sink, from, loss, state) =>
      database.transaction(() => {
        if (position(sink) !== from) return false;
        move(sink, loss.through, state);
        const place = { shard: sinkName(sink), epoch: storeId, seq: loss.through, n: -1 };
        const event = overflowEvent(sink, loss);
        const timeMs = nowMs();
        database.run(INSERT_EVENT, eventValues({ ...place, timeMs }, event));
        deliverToAll(database, eventId(place), timeMs, event, targets);
        return true;
      }),
    keepState: (sink, state) => {
      database.run(STATE, [sinkName(sink), JSON.stringify(state)]);
    },
  };
}

function positionOf(database: Database, sink: string): number | undefined {
  const [row] = database.all('SELECT event_row FROM sinks WHERE name = ?', [sinkName(sink)]);
  return row === undefined ? undefined : Number(row['event_row']);
}

/** Returns the state that the worker last wrote for a sink; undefined when it wrote none. */
export function readState(database: Database, sink: string): DecisionLogState | undefined {
  const [row] = database.all('SELECT value FROM meta WHERE key = ?', [sinkName(sink)]);
  return row === undefined ? undefined : (JSON.parse(String(row['value'])) as DecisionLogState);
}

function decisionsAfter(
  database: Database,
  after: number,
  rows: number,
): ReturnType<DecisionSource['decisionsAfter']> {
  const found = database.all(
    `SELECT e.id, e.shard, e.epoch, e.seq, e.n, e.time_ms, e.json, i.json AS input
     FROM events e LEFT JOIN decision_inputs i ON i.event_row = e.id
     WHERE e.id > ? ORDER BY e.id LIMIT ?`,
    [after, rows],
  );
  const decisions = found.map(decisionOf).filter(({ event }) => isDecision(event));
  return { decisions, through: Number(found.at(-1)?.['id'] ?? after) };
}

function decisionOf(row: SqlRow): StoredDecision {
  const event = storedEvent(row);
  const input = row['input'];
  return {
    row: Number(row['id']),
    event,
    ...(typeof input === 'string' ? { input: JSON.parse(input) as unknown } : {}),
    ...(event.not_replayable === undefined ? {} : { whyNoInput: event.not_replayable }),
  };
}

function measureAfter(
  database: Database,
  after: number,
  rows: number,
  through: number = Number.MAX_SAFE_INTEGER,
): Stretch | undefined {
  const [row] = database.all(MEASURE, [after, through, rows]);
  if (row === undefined) return undefined;
  if (row['through'] === null) return undefined;
  return {
    through: Number(row['through']),
    events: Number(row['events']),
    bytes: Number(row['bytes']),
    fromMs: row['from_ms'] === null ? undefined : Number(row['from_ms']),
    toMs: row['to_ms'] === null ? undefined : Number(row['to_ms']),
  };
}
