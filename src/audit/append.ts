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

/** A place where the record of a stream is not whole. */
export interface AuditGap {
  readonly kind: 'sequence_backwards' | 'identity_conflict';
  readonly stream: StreamName;
  readonly epoch: string;
  readonly seq: number;
  /** The highest sequence that was exported before. */
  readonly lastSeq: number;
}

export interface AppendOptions {
  /** Names of the webhook endpoints; each gets a delivery of each event that calls for one. */
  readonly endpoints: readonly string[];
  /** Whether an endpoint asked for events of this type; every one does unless it is given. */
  readonly wants?: (endpoint: string, type: string) => boolean;
}

interface AppendOutcome {
  readonly appended: boolean;
  readonly gaps: readonly AuditGap[];
  /** Ids of events that something was taken out of. */
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
  // The same gap is met again when a batch is read again: it is one gap.
  if (insertEvent(batch, place, event) === 'new') batch.gaps.push(gap);
}

function highest(values: Iterable<number | undefined>): number {
  let result = -1;
  for (const value of values) if (value !== undefined && value > result) result = value;
  return result;
}

/**
 * Sequences rise within an epoch and from one epoch to the next, though not by one. So a fresh event at or
 * below what was exported before means that the store behind the stream went back to an older state.
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
 * One transaction: events, uses, deliveries and the cursor, or none of them. `appended` is false, and nothing
 * was written, when the cursor is not `expected` any more: another exporter was here.
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
