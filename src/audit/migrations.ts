import { randomBytes } from 'node:crypto';
import type { Database } from './database.js';

const DIMENSIONS = [
  'agent_id',
  'session_id',
  'task_id',
  'user_id',
  'resource',
  'decision_id',
  'grant_id',
  'jti',
] as const;
/** The columns of `events` copied from an event for queries. */
export const EVENT_DIMENSIONS = DIMENSIONS;

/** Event types that count as a request in an agent's series. */
export const SERIES_TYPES = [
  'access.granted',
  'access.denied',
  'access.review_required',
  'access.rate_limited',
] as const;
const FIRST = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  shard TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL,
  time_ms INTEGER NOT NULL, type TEXT NOT NULL,
  ${DIMENSIONS.map((name) => `${name} TEXT,`).join(' ')}
  effect TEXT, principal_kind TEXT NOT NULL, principal_id TEXT NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (shard, epoch, seq, n)
) STRICT;
CREATE INDEX events_by_time ON events (time_ms);
CREATE INDEX events_by_type ON events (type, time_ms);
${DIMENSIONS.filter((name) => name !== 'resource')
  .map(
    (name) =>
      `CREATE INDEX events_by_${name} ON events (${name}, time_ms) WHERE ${name} IS NOT NULL;`,
  )
  .join('\n')}
CREATE TABLE cursors (
  stream TEXT NOT NULL, epoch TEXT NOT NULL, ordinal INTEGER NOT NULL,
  stream_id TEXT NOT NULL, last_seq INTEGER,
  PRIMARY KEY (stream, epoch)
) STRICT;
CREATE TABLE sinks (name TEXT PRIMARY KEY, event_row INTEGER NOT NULL) STRICT;
CREATE TABLE uses (
  grant_id TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE deliveries (
  ord INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  event_row INTEGER NOT NULL REFERENCES events (id), event_id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'irrevocable')),
  attempts INTEGER NOT NULL, last_error TEXT, updated_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_by_state ON deliveries (state, ord);
`;

/**
 * Inputs are separate from events: a reader of events does not get them.
 * They are deleted with their event.
 */
const DECISION_INPUTS = `
CREATE TABLE decision_inputs (
  event_row INTEGER PRIMARY KEY REFERENCES events (id), json TEXT NOT NULL
) STRICT;
CREATE TRIGGER decision_inputs_go AFTER DELETE ON events BEGIN
  DELETE FROM decision_inputs WHERE event_row = OLD.id;
END;
`;

/**
 * The decisions of one agent by time, in an index that covers the series.
 * The score is stored in millionths, since bound numbers must be whole.
 */
const SIGNAL_SERIES = `
ALTER TABLE events ADD COLUMN anomaly_ppm INTEGER;
CREATE INDEX events_for_signals ON events (agent_id, time_ms, type, anomaly_ppm)
  WHERE agent_id IS NOT NULL AND type IN (${SERIES_TYPES.map((type) => `'${type}'`).join(', ')});
`;

/**
 * The number of refusals that an event represents, also in the index of the series.
 * Deliveries and the use count of a grant are deleted with their event.
 */
const COUNTED_AND_PRUNED = `
ALTER TABLE events ADD COLUMN count INTEGER;
CREATE INDEX events_counted ON events (time_ms) WHERE count IS NOT NULL;
DROP INDEX events_for_signals;
CREATE INDEX events_for_signals ON events (agent_id, time_ms, type, anomaly_ppm, count)
  WHERE agent_id IS NOT NULL AND type IN (${SERIES_TYPES.map((type) => `'${type}'`).join(', ')});
CREATE INDEX deliveries_by_event ON deliveries (event_row);
CREATE TRIGGER deliveries_go AFTER DELETE ON events BEGIN
  DELETE FROM deliveries WHERE event_row = OLD.id;
END;
CREATE TRIGGER uses_go AFTER DELETE ON events WHEN OLD.type = 'access.granted' BEGIN
  DELETE FROM uses WHERE grant_id = OLD.grant_id;
END;
`;

/** The events of one agent and type by time: a rare type of an active agent is found without reading the others. */
const AGENT_TYPES = `
CREATE INDEX events_by_agent_type ON events (agent_id, type, time_ms) WHERE agent_id IS NOT NULL;
`;

/** One entry per schema version; entry i takes version i to i + 1. Only ever append. */
export const MIGRATIONS: readonly string[] = [
  FIRST,
  DECISION_INPUTS,
  SIGNAL_SERIES,
  COUNTED_AND_PRUNED,
  AGENT_TYPES,
];
/** The first schema version with an index that covers the series. */
export const SERIES_SINCE_VERSION = MIGRATIONS.indexOf(COUNTED_AND_PRUNED) + 1;
/** The first schema version with an index over agent and type. */
export const AGENT_TYPES_SINCE_VERSION = MIGRATIONS.indexOf(AGENT_TYPES) + 1;
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Returns the schema version of the file; 0 for a new file. */
export function schemaVersion(database: Database): number {
  return Number(database.all('PRAGMA user_version')[0]?.['user_version'] ?? 0);
}

/** Returns the random id of the store. */
export function readStoreId(database: Database): string {
  const [row] = database.all("SELECT value FROM meta WHERE key = 'store_id'");
  return String(row?.['value']);
}

/** Throws when the file was written by a newer version of the product. */
export function refuseNewer(version: number): void {
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `The audit store has schema version ${String(version)}; this version knows ${String(SCHEMA_VERSION)}. Use a newer version.`,
    );
  }
}

/** Migrates the schema, in one transaction for all steps, and gives a new store its random id. */
export function migrate(database: Database): void {
  database.transaction(() => {
    const version = schemaVersion(database);
    refuseNewer(version);
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${String(SCHEMA_VERSION)}`);
    database.run('INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)', [
      'store_id',
      randomBytes(16).toString('hex'),
    ]);
  });
}
