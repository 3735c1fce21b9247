import type { AuditEvent, StoredAuditEvent } from '../domain/audit.js';
import { countOf } from './counted.js';
import type { SqlRow, SqlValue } from './database.js';
import { EVENT_DIMENSIONS } from './migrations.js';

/** The position of an event, which is its identity. */
export interface EventPlace {
  readonly shard: string;
  readonly epoch: string;
  readonly seq: number;
  /** 0: the only event of its entry; 1…: the n-th of several; -1: a gap the exporter found at this place. */
  readonly n: number;
  readonly timeMs: number;
}

const COLUMNS = [
  ...['shard', 'epoch', 'seq', 'n', 'time_ms', 'type'],
  ...EVENT_DIMENSIONS,
  ...['effect', 'principal_kind', 'principal_id', 'anomaly_ppm', 'count', 'json'],
];

/** An existing row is left unchanged, which makes a repeated export harmless. */
export const INSERT_EVENT = `INSERT OR IGNORE INTO events (${COLUMNS.join(', ')})
  VALUES (${COLUMNS.map(() => '?').join(', ')})`;

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Returns a score in [0, 1) as a whole number of millionths; null for anything else. */
function millionths(value: unknown): number | null {
  if (typeof value !== 'number' || !(value >= 0 && value < 1)) return null;
  return Math.floor(value * 1e6);
}

/** Returns the values of `INSERT_EVENT`. Tolerates a malformed event, which must not stop the export. */
export function eventValues(place: EventPlace, event: AuditEvent): readonly SqlValue[] {
  const members = event as unknown as Readonly<Record<string, unknown>>;
  const principal = (members['principal'] ?? {}) as Readonly<Record<string, unknown>>;
  return [
    place.shard,
    place.epoch,
    place.seq,
    place.n,
    place.timeMs,
    text(members['type']) ?? 'unknown',
    ...EVENT_DIMENSIONS.map((name) => text(members[name])),
    text(members['effect']),
    text(principal['kind']) ?? 'unknown',
    text(principal['id']) ?? 'unknown',
    millionths(members['anomaly']),
    countOf(event) ?? null,
    JSON.stringify(event),
  ];
}

/**
 * Returns `<shard>/<epoch>/<seq>`, with `.<n>` for the n-th of several and `.gap` for a gap found
 * there.
 */
export function eventId(place: Omit<EventPlace, 'timeMs'>): string {
  const base = `${place.shard}/${place.epoch}/${String(place.seq)}`;
  if (place.n === 0) return base;
  return place.n < 0 ? `${base}.gap` : `${base}.${String(place.n)}`;
}

/** Returns the event in a row of `events`. */
export function storedEvent(row: SqlRow): StoredAuditEvent {
  const event = JSON.parse(String(row['json'])) as AuditEvent;
  const place = {
    shard: String(row['shard']),
    epoch: String(row['epoch']),
    seq: Number(row['seq']),
    n: Number(row['n']),
  };
  return { event_id: eventId(place), time_ms: Number(row['time_ms']), ...event };
}
