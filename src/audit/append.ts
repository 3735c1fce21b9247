import type { AuditEvent } from '../domain/audit.js';
import type { StreamEntry, StreamName } from '../domain/worker-ports.js';
import type { Database } from './database.js';
import { timeOfEvent } from './counted.js';
import { deliverToAll } from './delivery-rows.js';
import { type EventPlace, INSERT_EVENT, eventId, eventValues } from './event-row.js';
import { currentCursor, moveCursor, readLastSeqs, type StreamCursor } from './cursors.js';
import { insertInput } from './decision-inputs.js';
import { redactEvent } from './redaction.js';
import { countUse } from './uses.js';

/** A gap or conflict in the record of a stream. */
export interface AuditGap {
  readonly kind: 'sequence_backwards' | 'identity_conflict';
  readonly stream: StreamName;
  readonly epoch: string;
  readonly seq: number;
  /** The highest sequence exported before. */
  readonly lastSeq: number;
}

export interface AppendOptions {
  /** Names of the webhook endpoints; each gets a delivery of every event that sets off an alarm. */
  readonly endpoints: readonly string[];
  /** Returns whether an endpoint subscribed to this event type; default: always true. */
  readonly wants?: (endpoint: string, type: string) => boolean;
}

interface AppendOutcome {
  readonly appended: boolean;
  readonly gaps: readonly AuditGap[];
  /** Ids of events with masked content. */
  readonly redacted: readonly string[];
}

interface Batch {
  readonly database: Database;
  readonly stream: StreamName;
  readonly endpoints: readonly string[];
  readonly wants: (endpoint: string, type: string) => boolean;
  readonly lastSeqs: Map<string, number | undefined>;
  readonly gaps: AuditGap[];
  readonly redacted: string[];
}

function insertEvent(batch: Batch, place: EventPlace, raw: AuditEvent): 'new' | 'known' | 'other' {
  const { event: whole, redacted } = redactEvent(raw);
  const { policy_input: input, ...event } = whole;
  const values = eventValues(place, event);
  if (batch.database.run(INSERT_EVENT, values) === 0) {
    const [row] = batch.database.all(
      'SELECT json FROM events WHERE shard = ? AND epoch = ? AND seq = ? AND n = ?',
      [place.shard, place.epoch, place.seq, place.n],
    );
    return row?.['json'] === values.at(-1) ? 'known' : 'other';
  }
  const id = eventId(place);
  if (redacted) batch.redacted.push(id);
  insertInput(batch.database, input);
  countUse(batch.database, event);
  deliverToAll(batch.database, id, place.timeMs, event, batch);
  return 'new';
}

function recordGap(batch: Batch, gap: AuditGap, timeMs: number, conflicting?: AuditEvent): void {
  const place = { shard: String(gap.stream), epoch: gap.epoch, seq: gap.seq, n: -1, timeMs };
  const event: AuditEvent = {
    type: 'audit.gap',
    principal: { kind: 'system', id: 'audit-exporter' },
    detail: {
      kind: gap.kind,
      last_seq: gap.lastSeq,
      ...(conflicting === undefined ? {} : { conflicting_event: conflicting }),
    },
  };
  // A repeated read of a batch meets its gaps again; each counts once.
  if (insertEvent(batch, place, event) === 'new') batch.gaps.push(gap);
}

function highest(values: Iterable<number | undefined>): number {
  let result = -1;
  for (const value of values) if (value !== undefined && value > result) result = value;
  return result;
}

/**
 * Appends one entry and records a gap before it.
 * Sequences rise within an epoch and from one epoch to the next, though not by one. So a new event at or below an
 * exported sequence means that the store behind the stream was restored to an older state.
 */
function appendEntry(batch: Batch, entry: StreamEntry): void {
  const known = batch.lastSeqs.get(entry.epoch);
  const before = known ?? highest(batch.lastSeqs.values());
  const { epoch, seq, tickMs: timeMs } = entry;
  const outcomes = entry.events.map((event, index) => {
    const n = entry.events.length === 1 ? 0 : index + 1;
    const place = {
      shard: String(batch.stream),
      epoch,
      seq,
      n,
      timeMs: timeOfEvent(event, timeMs),
    };
    const outcome = insertEvent(batch, place, event);
    if (outcome === 'other') {
      const gap = { kind: 'identity_conflict', stream: batch.stream, epoch, seq } as const;
      const { policy_input: _, ...conflicting } = redactEvent(event).event;
      recordGap(batch, { ...gap, lastSeq: before }, timeMs, conflicting);
    }
    return outcome;
  });
  if (outcomes.includes('new') && seq <= before) {
    const gap = { kind: 'sequence_backwards', stream: batch.stream, epoch, seq } as const;
    recordGap(batch, { ...gap, lastSeq: before }, timeMs);
  }
  batch.lastSeqs.set(epoch, Math.max(known ?? -1, seq));
}

/**
 * Appends a batch in one transaction: events, uses, deliveries and the cursor.
 * `appended` is false, and nothing was written, when the cursor is no longer `expected`: another exporter moved it.
 */
export function appendBatch(
  database: Database,
  options: AppendOptions,
  stream: StreamName,
  expected: StreamCursor | undefined,
  entries: readonly StreamEntry[],
  next: StreamCursor,
): AppendOutcome {
  return database.transaction(() => {
    const current = currentCursor(database, stream);
    if (current?.epoch !== expected?.epoch || current?.streamId !== expected?.streamId) {
      return { appended: false, gaps: [], redacted: [] };
    }
    const lastSeqs = readLastSeqs(database, stream);
    const { endpoints, wants = () => true } = options;
    const batch: Batch = { database, stream, endpoints, wants, lastSeqs, gaps: [], redacted: [] };
    for (const entry of entries) appendEntry(batch, entry);
    moveCursor(database, stream, batch.lastSeqs, next);
    return { appended: true, gaps: batch.gaps, redacted: batch.redacted };
  });
}
