import { CountersignError } from '../domain/errors.js';
import type { AuditStreams, StreamEntry, StreamName } from '../domain/worker-ports.js';
import type { StreamCursor } from './cursors.js';
import { pumpSinks, registerSinks } from './sink-pump.js';
import type { AuditSink } from './sinks.js';
import type { AuditStore } from './store.js';
import { StoreLost } from './store-files.js';
import { STREAM_START } from './stream-id.js';

export interface ExportOptions {
  /** Entries read and committed at a time. */
  readonly batch: number;
  /** Maximum number of batches of one stream in one call; the rest waits for the next. */
  readonly maxBatches?: number;
  /** Ends the export between two batches; the next call continues. */
  readonly stopping?: AbortSignal;
  /** Receives the failure of a sink. The store has its events: the sink gets them in a later call. */
  readonly onSinkError?: (sink: string, error: unknown) => void;
}

const MAX_BATCHES = 1_000;

/**
 * Returns the epoch of the new cursor: the latest one, also when entries of an older one are read
 * again.
 */
function epochAfter(
  store: AuditStore,
  stream: StreamName,
  cursor: StreamCursor | undefined,
  entries: readonly StreamEntry[],
): string | undefined {
  const fresh = entries.findLast((entry) => !store.knowsEpoch(stream, entry.epoch));
  return fresh?.epoch ?? cursor?.epoch;
}

function isStopping({ stopping }: ExportOptions): boolean {
  return stopping?.aborted === true;
}

/** Throws StoreLost when the store's path does not lead to its open files. */
function requireFiles(store: AuditStore): void {
  const lost = store.lost();
  if (lost !== undefined) throw new StoreLost(lost);
}

/**
 * Reads, commits and trims one batch; returns its number of events.
 * Undefined when none was left, or another exporter moved the cursor. Always reads from the start of the stream, never
 * from the cursor: exported entries are trimmed, so all that is left may be new. Repeated entries (a crash before the
 * trim, a restored Redis) are ignored by their identity.
 */
async function exportBatch(
  streams: AuditStreams,
  store: AuditStore,
  stream: StreamName,
  batch: number,
): Promise<number | undefined> {
  const cursor = store.cursor(stream);
  const entries = await streams.read(stream, STREAM_START, batch);
  const last = entries.at(-1);
  if (last === undefined) return undefined;
  const epoch = epochAfter(store, stream, cursor, entries) ?? last.epoch;
  const next = { epoch, streamId: last.streamId };
  if (!store.appendBatch(stream, cursor, entries, next)) return undefined;
  // A commit is durable in the WAL. In the database file it also survives the removal of the WAL.
  store.checkpoint();
  // A commit to removed files is lost, so the stream must keep its entries.
  requireFiles(store);
  // Before the sinks: the longer the trim waits, the more unread entries may be at or below this id.
  await streams.trimThrough(stream, last.streamId);
  return entries.reduce((sum, entry) => sum + entry.events.length, 0);
}

interface Run {
  readonly streams: AuditStreams;
  readonly store: AuditStore;
  readonly options: ExportOptions;
  /** Sinks that have not failed in this run. */
  sinks: readonly AuditSink[];
}

async function exportStream(run: Run, stream: StreamName): Promise<number> {
  const { streams, store, options } = run;
  let events = 0;
  for (let i = 0; i < (options.maxBatches ?? MAX_BATCHES) && !isStopping(options); i++) {
    const done = await exportBatch(streams, store, stream, options.batch);
    if (done === undefined) break;
    events += done;
    run.sinks = await pumpSinks(store, run.sinks, options);
  }
  return events;
}

/**
 * Exports the streams to the store and then to the sinks; returns how many events were read.
 * An entry is trimmed only after the commit that stored it. Sinks read from the store and keep their position there. A
 * failed sink is reported through `onSinkError`, loses nothing, and does not fill up Redis. Throws CountersignError
 * `conflict` when the streams belong to another store, and StoreLost, with the streams unchanged, when the store's
 * files were removed or replaced.
 */
export async function exportStreams(
  streams: AuditStreams,
  store: AuditStore,
  sinks: readonly AuditSink[],
  options: ExportOptions,
): Promise<number> {
  // Also without new entries: a loss must be detected before the next event.
  requireFiles(store);
  if (!(await streams.claim(store.storeId))) {
    throw new CountersignError(
      'conflict',
      'The audit streams are exported to another audit store. Point this worker at that store, or release the streams first.',
    );
  }
  registerSinks(store, sinks);
  const run: Run = { streams, store, options, sinks };
  let events = 0;
  for (const stream of (await streams.tips()).keys()) {
    if (isStopping(options)) break;
    events += await exportStream(run, stream);
  }
  // Also without new entries: a crash may have come between a commit and the sinks.
  await pumpSinks(store, run.sinks, options);
  return events;
}
