import { CallThread } from '../threads/call-thread.js';
import { QueueFull, WorkerFailed, WorkerTimedOut } from '../threads/failures.js';
import { FairQueue } from '../threads/fair-queue.js';
import { CountersignError, unavailable } from '../domain/errors.js';
import { READS, type AuditReads, type ReadName, type ReadsInTurn } from './reads.js';

/** The audit store of the service, read in a separate thread. Reads of the service have reserved places. */
export type ThreadReader = AuditReads & ReadsInTurn<AuditReads> & { close(): Promise<void> };

const THREAD = new URL('./reader-thread', import.meta.url);
const LIMITS = {
  heapMiB: 256,
  /** Open reads of principals; each open query holds a page in memory at most. */
  maxOpen: 24,
  /** Further open reads of the service. */
  reserved: 8,
  /** Open and waiting reads of one principal, and waiting reads of all. */
  maxOpenEach: 8,
  maxWaitingEach: 64,
  maxWaiting: 256,
  /** Below the time in which open requests are answered at shutdown. */
  deadlineMs: 8000,
  /** A part of a query takes milliseconds; a thread that does not end one is replaced. */
  graceMs: 2000,
};
const RETRY_AFTER_SECONDS = 2;

/**
 * Opens the store for reading in a worker thread, so that no query blocks a request.
 * Reads take turns in the thread: a long query delays others by one of its parts. A read that takes over eight seconds
 * is cancelled. Reads of principals wait in a fair queue before the thread. Throws `temporarily_unavailable` when too
 * many wait or are open.
 */
export function openThreadReader(path: string, limits: Partial<typeof LIMITS> = {}): ThreadReader {
  const all = { ...LIMITS, ...limits };
  const thread = new CallThread({ module: THREAD, data: path, ...all });
  const queue = new FairQueue({
    ...{ slots: all.maxOpen, slotsEach: all.maxOpenEach, waitMs: all.deadlineMs },
    ...{ waiting: all.maxWaiting, waitingEach: all.maxWaitingEach },
  });
  return {
    ...readsBy((name, args) => thread.callReserved(name, ...args)),
    of: ({ kind, id }) =>
      readsBy((name, args) => queue.run(`${kind} ${id}`, () => thread.call(name, ...args))),
    close: () => thread.close(),
  };
}

type Call = (name: ReadName, args: readonly unknown[]) => Promise<unknown>;

function readsBy(call: Call): AuditReads {
  const read =
    (name: ReadName) =>
    async (...args: readonly unknown[]): Promise<unknown> => {
      try {
        return await call(name, args);
      } catch (error) {
        throw publicError(error);
      }
    };
  return Object.fromEntries(READS.map((name) => [name, read(name)])) as unknown as AuditReads;
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
