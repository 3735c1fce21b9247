import { setImmediate as nextTurn } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import type { AuditQuery } from '../domain/audit-query.js';
import { serveCalls, type CallHandler } from '../threads/serve-calls.js';
import type { EventsPage } from './query.js';
import { openAuditReader } from './reader.js';
import { READS } from './reads.js';

// Entry of a worker thread: openThreadReader() in thread-reader.ts loads this module.
const reader = openAuditReader(workerData as string);

/** Finds a page; other calls are answered between its parts, and a cancelled query ends there. */
async function query([asked]: readonly [AuditQuery], signal: AbortSignal): Promise<EventsPage> {
  const parts = reader.queryInParts(asked);
  for (;;) {
    const part = parts.next();
    if (part.done === true) return part.value;
    await nextTurn();
    signal.throwIfAborted();
  }
}

const series = (
  [agentId, sinceMs, untilMs]: readonly [string, number, number],
  signal: AbortSignal,
): unknown => reader.series(agentId, sinceMs, untilMs, signal);

const others = READS.map((name): [string, CallHandler] => [
  name,
  (args: readonly unknown[]) =>
    (reader[name] as (...given: readonly unknown[]) => unknown)(...args),
]);

serveCalls({ ...Object.fromEntries(others), query, series }, () => {
  reader.close();
});
