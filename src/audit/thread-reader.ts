import { CallThread } from '../threads/call-thread.js';
import { QueueFull, WorkerFailed, WorkerTimedOut } from '../threads/failures.js';
import { CountersignError, unavailable } from '../domain/errors.js';
import { READS, type AuditReads, type ReadName } from './reads.js';

/** The audit store of the service, read in a separate thread. */
export type ThreadReader = AuditReads & { close(): Promise<void> };

const THREAD = new URL('./reader-thread', import.meta.url);
const LIMITS = {
  heapMiB: 256,
  /** Open reads; each open query holds a page in memory at most. */
  maxOpen: 32,
  /** Below the time in which open requests are answered at shutdown. */
  deadlineMs: 8000,
  /** A part of a query takes milliseconds; a thread that does not end one is replaced. */
  graceMs: 2000,
};
const RETRY_AFTER_SECONDS = 2;

/**
 * Opens the store for reading in a worker thread, so that no query blocks a request.
 * Reads take turns in the thread: a long query delays others by one of its parts. A read that takes over eight seconds
 * is cancelled. Throws `temporarily_unavailable` when 32 reads are open.
 */
export function openThreadReader(path: string, limits: Partial<typeof LIMITS> = {}): ThreadReader {
  const thread = new CallThread({ module: THREAD, data: path, ...LIMITS, ...limits });
  const read =
    (name: ReadName) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      try {
        return await thread.call(name, ...args);
      } catch (error) {
        throw publicError(error);
      }
    };
  const reads = Object.fromEntries(READS.map((name) => [name, read(name)]));
  return { ...(reads as unknown as AuditReads), close: () => thread.close() };
}

function publicError(error: unknown): unknown {
  if (error instanceof WorkerTimedOut || error instanceof WorkerFailed) {
    return unavailable('audit store', error);
  }
  if (!(error instanceof QueueFull)) return error;
  return new CountersignError(
    'temporarily_unavailable',
    'Other queries of the audit record are running.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
    error.message,
    error,
  );
}
