import { LinesMissing } from './line-file.js';
import type { AuditSink } from './sinks.js';
import type { AuditStore } from './store.js';

const LINES_PER_WRITE = 500;

/** Writes the pending events. A sink that lost lines gets them again, at once and at most twice. */
async function pumpSink(
  store: AuditStore,
  sink: AuditSink,
  stopping: AbortSignal | undefined,
  tries = 3,
): Promise<void> {
  try {
    await writePending(store, sink, stopping);
  } catch (error) {
    if (!(error instanceof LinesMissing)) throw error;
    const row = store.sinkRow(sink.name) ?? 0;
    store.moveSink(sink.name, store.rowBefore(row, error.lines));
    if (tries <= 1) throw error;
    await pumpSink(store, sink, stopping, tries - 1);
  }
}

async function writePending(
  store: AuditStore,
  sink: AuditSink,
  stopping: AbortSignal | undefined,
): Promise<void> {
  await sink.follow?.();
  let row = store.sinkRow(sink.name) ?? 0;
  while (stopping?.aborted !== true) {
    const events = store.eventsAfter(row, LINES_PER_WRITE);
    const last = events.at(-1);
    if (last === undefined) return;
    await sink.write(
      events.map(({ event }) => JSON.stringify(event)),
      stopping,
    );
    // After the write: a crash between the two repeats these lines and loses none.
    store.moveSink(sink.name, last.row);
    row = last.row;
  }
}

/** Sets the start of each new sink. Call before the first event of an export is stored. */
export function registerSinks(store: AuditStore, sinks: readonly AuditSink[]): void {
  for (const sink of sinks) {
    if (store.sinkRow(sink.name) !== undefined) continue;
    store.moveSink(sink.name, sink.from === 'oldest' ? 0 : store.lastRow());
  }
}

/**
 * Writes the pending events to each sink.
 * A failed sink is reported and does not delay the others. Ends between two writes on a stop. Returns the sinks that did
 * not fail.
 */
export async function pumpSinks(
  store: AuditStore,
  sinks: readonly AuditSink[],
  options: {
    readonly onSinkError?: (sink: string, error: unknown) => void;
    readonly stopping?: AbortSignal;
  },
): Promise<readonly AuditSink[]> {
  const working: AuditSink[] = [];
  for (const sink of sinks) {
    try {
      await pumpSink(store, sink, options.stopping);
      working.push(sink);
    } catch (error) {
      // A write that a stop interrupts says nothing of the sink.
      if (options.stopping?.aborted !== true) options.onSinkError?.(sink.name, error);
    }
  }
  return working;
}
