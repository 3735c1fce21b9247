import { unavailable } from '../../domain/errors.js';
import { runInWorker, type WorkerLimits } from '../runners/run-in-worker.js';
import { readBundleArchive, type Bundle, type BundleOptions } from './read.js';
import { BundleRefused, type RefusalCode } from './refused.js';

/** Answer of the thread for an archive. Buffers arrive as plain Uint8Array. */
export type ReadAnswer =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly code: RefusalCode; readonly problems: readonly string[] };

const THREAD = new URL('./read-thread', import.meta.url);
/** Time and JavaScript heap that reading a bundle of the maximum size needs, with a margin. */
const LIMITS: WorkerLimits = { deadlineMs: 30_000, heapMiB: 1024 };
/**
 * Maximum unpacked size, in bytes, of a bundle read without a thread.
 * Such a read is faster than starting one, and no module is so small: adding fuel to one blocks for too long.
 */
const SMALL_BYTES = 64 * 1024;
const GZIP_TRAILER_BYTES = 4;

let last: Promise<unknown> = Promise.resolve();

/**
 * Reads a bundle like readBundleArchive, in a worker thread unless it is small.
 * Unpacking, hashing, verifying and parsing then block no request. Reads run one at a time to bound the memory. Throws
 * BundleRefused. Throws CountersignError 503 when the thread failed or timed out: the bundle may be sound, so a retry
 * may succeed.
 */
export function readBundleInThread(
  archive: Uint8Array,
  options: BundleOptions,
  limits = LIMITS,
): Promise<Bundle> {
  if (unpackedBytes(archive) <= SMALL_BYTES) return readBundleArchive(archive, options);
  const next = last.then(() => read(archive, options, limits));
  last = next.catch(() => undefined);
  return next;
}

async function read(
  archive: Uint8Array,
  options: BundleOptions,
  limits: WorkerLimits,
): Promise<Bundle> {
  const answer = await runInWorker<ReadAnswer>(THREAD, { archive, options }, limits).catch(
    (error: unknown) => {
      throw unavailable('a bundle could not be read', error);
    },
  );
  if (!answer.ok) throw new BundleRefused(answer.code, answer.problems);
  const files = [...answer.bundle.files].map(([path, bytes]) => [path, bufferOf(bytes)] as const);
  return { ...answer.bundle, files: new Map(files) };
}

/**
 * Returns the size in the gzip trailer (RFC 1952, section 2.3.1: ISIZE).
 * Unpacking refuses a wrong one.
 */
function unpackedBytes(archive: Uint8Array): number {
  const at = archive.byteLength - GZIP_TRAILER_BYTES;
  if (at < 0) return 0;
  return new DataView(archive.buffer, archive.byteOffset, archive.byteLength).getUint32(at, true);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
