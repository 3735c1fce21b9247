import type { AuditQuery } from '../domain/audit-query.js';
import type { StoredAuditEvent } from '../domain/audit.js';
import type { StreamEntry, StreamName } from '../domain/worker-ports.js';
import { appendBatch, type AuditGap } from './append.js';
import { currentCursor, readLastSeqs, type StreamCursor } from './cursors.js';
import { guardFiles, openWritable, type Database } from './database.js';
import { createDecisionSource, type DecisionSource } from './decision-log/source.js';
import { createDeliveryLedger } from './delivery-ledger.js';
import { type DeliveryLedger } from '../domain/deliveries.js';
import { storedEvent } from './event-row.js';
import { migrate, readStoreId } from './migrations.js';
import { AuditPruner, type PruneOptions } from './prune.js';
import { queryEvents, type EventsPage } from './query.js';

export interface AuditStoreOptions {
  /** Names of the webhook endpoints; each gets a delivery of every event that sets off an alarm. */
  readonly endpoints?: readonly string[];
  /** Returns whether an endpoint subscribed to this event type; default: always true. */
  readonly wants?: (endpoint: string, type: string) => boolean;
  /** Called after the commit that recorded the gap. */
  readonly onGap?: (gap: AuditGap) => void;
  /** Called with the id of an event with masked content. */
  readonly onRedacted?: (eventId: string) => void;
}

/** The audit store of the worker: one file, one writer at a time, safe under several. */
export interface AuditStore {
  /** Random, created with the file. */
  readonly storeId: string;
  readonly deliveries: DeliveryLedger;
  /** The stored decisions, for the decision log. */
  readonly decisions: DecisionSource;
  cursor(stream: StreamName): StreamCursor | undefined;
  knowsEpoch(stream: StreamName, epoch: string): boolean;
  /**
   * Writes entries and the cursor in one transaction.
   * Returns false, and writes nothing, when the cursor is no longer `expected`. Existing events are left unchanged.
   */
  appendBatch(
    stream: StreamName,
    expected: StreamCursor | undefined,
    entries: readonly StreamEntry[],
    next: StreamCursor,
  ): boolean;
  query(query: AuditQuery): EventsPage;
  /** Returns events in insertion order, after the row of that number. */
  eventsAfter(row: number, limit: number): readonly { row: number; event: StoredAuditEvent }[];
  /** Returns the last row written to a sink; undefined for a new sink. */
  sinkRow(sink: string): number | undefined;
  moveSink(sink: string, row: number): void;
  /** Returns the row before the last `events` events through `row`; 0 when there is none. */
  rowBefore(row: number, events: number): number;
  lastRow(): number;
  /** Checkpoints the WAL into the database file, as far as no reader needs it. Never waits. */
  checkpoint(): void;
  /**
   * Returns how the store's files were lost; undefined while its path leads to the open files.
   * After a loss every other call throws StoreLost, until the files are back.
   */
  lost(): string | undefined;
  /** Creates the pruner; one for the life of the store, since it remembers its last run. */
  pruner(options: PruneOptions): AuditPruner;
  close(): void;
}

function eventsAfter(
  database: Database,
  after: number,
  limit: number,
): readonly { row: number; event: StoredAuditEvent }[] {
  return database
    .all(
      'SELECT id, shard, epoch, seq, n, time_ms, json FROM events WHERE id > ? ORDER BY id LIMIT ?',
      [after, limit],
    )
    .map((row) => ({ row: Number(row['id']), event: storedEvent(row) }));
}

function sinkRow(database: Database, sink: string): number | undefined {
  const [row] = database.all('SELECT event_row FROM sinks WHERE name = ?', [sink]);
  return row === undefined ? undefined : Number(row['event_row']);
}

function rowBefore(database: Database, row: number, events: number): number {
  const [found] = database.all(
    'SELECT id FROM events WHERE id <= ? ORDER BY id DESC LIMIT 1 OFFSET ?',
    [row, events],
  );
  return Number(found?.['id'] ?? 0);
}

/** Opens the store for writing; creates and migrates it first if necessary. */
export function openAuditStore(path: string, options: AuditStoreOptions = {}): AuditStore {
  const opened = openWritable(path);
  migrate(opened);
  const database = guardFiles(opened, path);
  const { endpoints = [], wants = () => true } = options;
  const storeId = readStoreId(database);
  return {
    storeId,
    decisions: createDecisionSource(database, storeId, { endpoints, wants }, () => Date.now()),
    deliveries: createDeliveryLedger(database),
    cursor: (stream) => currentCursor(database, stream),
    knowsEpoch: (stream, epoch) => readLastSeqs(database, stream).has(epoch),
    appendBatch: (stream, expected, entries, next) => {
      const outcome = appendBatch(database, { endpoints, wants }, stream, expected, entries, next);
      for (const gap of outcome.gaps) options.onGap?.(gap);
      for (const eventId of outcome.redacted) options.onRedacted?.(eventId);
      return outcome.appended;
    },
    query: (query) => queryEvents(database, query),
    eventsAfter: (row, limit) => eventsAfter(database, row, limit),
    sinkRow: (sink) => sinkRow(database, sink),
    moveSink: (sink, row) => {
      database.run(
        `INSERT INTO sinks (name, event_row) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET event_row = excluded.event_row`,
        [sink, row],
      );
    },
    rowBefore: (row, events) => rowBefore(database, row, events),
    lastRow: () => Number(database.all('SELECT max(id) AS row FROM events')[0]?.['row'] ?? 0),
    checkpoint: () => {
      database.all('PRAGMA wal_checkpoint(PASSIVE)');
    },
    lost: () => database.loss()?.what,
    pruner: (pruning) => new AuditPruner(database, storeId, pruning),
    close: () => {
      database.close();
    },
  };
}
