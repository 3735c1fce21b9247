import { unavailable } from '../../domain/errors.js';
import { FairQueue } from '../../threads/fair-queue.js';
import { runInWorker, type WorkerLimits } from '../../threads/run-in-worker.js';
import type { Bundle, BundleOptions } from './read.js';
import { BundleRefused, type RefusalCode } from './refused.js';

/** Answer of the thread for an archive. Buffers arrive as plain Uint8Array. */
export type ReadAnswer =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly code: RefusalCode; readonly problems: readonly string[] };

const THREAD = new URL('./read-thread', import.meta.url);
/** Time and JavaScript heap that reading a bundle of the maximum size needs, with a margin. */
const LIMITS: WorkerLimits = { deadlineMs: 60_000, heapMiB: 1024 };

/** One read at a time bounds the memory of unpacked bundles, and the queue that of packed ones. */
const queue = new FairQueue({ slots: 1, waiting: 16, waitingEach: 8 });

/** Who wants a bundle read: this node, which decides with it, or a caller. Each has half of the queue. */
export type ReadFor = 'node' | 'caller';

/**
 * Reads a bundle like readBundleArchive, always in a worker thread.
 * Unpacking, hashing, verifying and parsing then block no request, and no size that an archive claims is trusted. Throws
 * BundleRefused. Throws CountersignError 503 when the thread failed or timed out, or too many reads wait: the bundle may
 * be sound, so a retry may succeed.
 */
export async function readBundleInThread(
  archive: Uint8Array,
  options: BundleOptions,
  limits = LIMITS,
  reader: ReadFor = 'node',
): Promise<Bundle> {
  const answer = await queue
    .run(reader, () => runInWorker<ReadAnswer>(THREAD, { archive, options }, limits))
    .catch((error: unknown) => {
      throw unavailable('a bundle could not be read', error);
    });
  if (!answer.ok) throw new BundleRefused(answer.code, answer.problems);
  const files = [...answer.bundle.files].map(([path, bytes]) => [path, bufferOf(bytes)] as const);
  return { ...answer.bundle, files: new Map(files) };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
