import { CountersignError } from '../domain/errors.js';
import type { AuditStreams, StreamEntry, StreamName } from '../domain/worker-ports.js';
import type { StreamCursor } from './cursors.js';
import { pumpSinks, registerSinks } from './sink-pump.js';
import type { AuditSink } from './sinks.js';
import type { AuditStore } from './store.js';
import { compareStreamIds, STREAM_START } from './stream-id.js';

export interface ExportOptions {
  /** Entries read and committed at a time. */
  readonly batch: number;
  /** Most batches of one stream in one call; what is left waits for the next. */
  readonly maxBatches?: number;
  /** A sink that failed. The store has its events: it gets them at a later call. */
  readonly onSinkError?: (sink: string, error: unknown) => void;
}

const MAX_BATCHES = 1_000;

/** The first epoch of a batch that was never met in this stream, or the last one when `last` is set. */
function unknownEpoch(
  store: AuditStore,
  stream: StreamName,
  entries: readonly StreamEntry[],
  which: 'first' | 'last',
): string | undefined {
  const epochs = entries.map((entry) => entry.epoch);
  const isUnknown = (epoch: string): boolean => !store.knowsEpoch(stream, epoch);
  return which === 'first' ? epochs.find(isUnknown) : epochs.findLast(isUnknown);
}

/**
 * Reads and commits one batch. Undefined: nothing was left, or another exporter moved the cursor.
 * A new epoch may have been born of older state, with entries below the cursor. So the first sight of one
 * starts the stream over; what is in the store already is ignored by its identity.
 */
async function exportBatch(
  streams: AuditStreams,
  store: AuditStore,
  stream: StreamName,
  batch: number,
): Promise<{ readonly events: number; readonly through: string } | undefined> {
  const cursor = store.cursor(stream);
  const from = cursor?.streamId ?? STREAM_START;
  const entries = await streams.read(stream, from, batch);
  const last = entries.at(-1);
  if (last === undefined) return undefined;
  if (cursor !== undefined && from !== STREAM_START) {
    const epoch = unknownEpoch(store, stream, entries, 'first');
    if (epoch !== undefined) {
      const moved = store.appendBatch(stream, cursor, [], { epoch, streamId: STREAM_START });
      return moved ? { events: 0, through: STREAM_START } : undefined;
    }
  }
  const epoch = unknownEpoch(store, stream, entries, 'last') ?? cursor?.epoch ?? last.epoch;
  const next: StreamCursor = { epoch, streamId: last.streamId };
  if (!store.appendBatch(stream, cursor, entries, next)) return undefined;
  const events = entries.reduce((sum, entry) => sum + entry.events.length, 0);
  return { events, through: last.streamId };
}

/** A stream whose newest entry is below the cursor went back to an older state: it is read from its start. */
function startOver(store: AuditStore, stream: StreamName, tip: string): void {
  const cursor = store.cursor(stream);
  if (cursor === undefined || compareStreamIds(tip, cursor.streamId) >= 0) return;
  store.appendBatch(stream, cursor, [], { epoch: cursor.epoch, streamId: STREAM_START });
}

interface Run {
  readonly streams: AuditStreams;
  readonly store: AuditStore;
  readonly options: ExportOptions;
  /** Those that have not failed in this run. */
  sinks: readonly AuditSink[];
}

async function exportStream(run: Run, stream: StreamName): Promise<number> {
  const { streams, store, options } = run;
  let events = 0;
  for (let i = 0; i < (options.maxBatches ?? MAX_BATCHES); i++) {
    const done = await exportBatch(streams, store, stream, options.batch);
    if (done === undefined) break;
    events += done.events;
    if (done.through === STREAM_START) continue;
    run.sinks = await pumpSinks(store, run.sinks, options);
    await streams.trimThrough(stream, done.through);
  }
  return events;
}

/** What a crash between commit and trim left in a stream that has been quiet since. */
async function trimLeftover(
  streams: AuditStreams,
  store: AuditStore,
  stream: StreamName,
  tip: string,
): Promise<void> {
  const cursor = store.cursor(stream);
  if (cursor?.streamId === tip) await streams.trimThrough(stream, tip);
}

/**
 * Moves what is in the streams into the store and on to the sinks; returns how many events were moved.
 * An entry is trimmed only after the commit that stored it. Sinks are fed from the store and keep their own
 * position there: one that fails is told of by `onSinkError`, loses nothing, and does not fill up Redis.
 * Throws CountersignError `conflict` when the streams belong to another store.
 */
export async function exportStreams(
  streams: AuditStreams,
  store: AuditStore,
  sinks: readonly AuditSink[],
  options: ExportOptions,
): Promise<number> {
  if (!(await streams.claim(store.storeId))) {
    throw new CountersignError(
      'conflict',
      'The audit streams are exported to another audit store. Point this worker at that store, or release the streams first.',
    );
  }
  registerSinks(store, sinks);
  const run: Run = { streams, store, options, sinks };
  let events = 0;
  for (const [stream, tip] of await streams.tips()) {
    if (tip === STREAM_START) continue;
    startOver(store, stream, tip);
    await trimLeftover(streams, store, stream, tip);
    events += await exportStream(run, stream);
  }
  // Also when nothing was read: a crash may have come between a commit and the sinks.
  await pumpSinks(store, run.sinks, options);
  return events;
}
