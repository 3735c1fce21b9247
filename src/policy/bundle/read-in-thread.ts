import { runInWorker, WorkerFailed, WorkerTimedOut } from '../worker/run-in-worker.js';
import { readBundleArchive, type Bundle, type BundleOptions } from './read.js';
import { BundleRefused, type RefusalCode } from './refused.js';

/** What the thread makes of an archive. Buffers arrive as plain bytes. */
export type ReadAnswer =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly code: RefusalCode; readonly problems: readonly string[] };

const THREAD = new URL('./read-thread', import.meta.url);
/** A bundle within the default limits takes a few seconds at the most. */
const DEADLINE_MS = 30_000;
/** Of JavaScript heap: data within the default limits, parsed, takes about this. */
const HEAP_MIB = 1024;
/** Unpacked. Up to here reading takes a few milliseconds, less than making a thread. */
const SMALL_BYTES = 256 * 1024;
const GZIP_TRAILER_BYTES = 4;

let last: Promise<unknown> = Promise.resolve();

/**
 * Reads a bundle as readBundleArchive does, in a thread of its own unless it is small: unpacking, hashing, verifying
 * and parsing hold up no request, whatever was sent. One at a time, so that many bundles at once do not fill the
 * memory. Throws BundleRefused, and nothing else.
 */
export function readBundleInThread(archive: Uint8Array, options: BundleOptions): Promise<Bundle> {
  if (unpackedBytes(archive) <= SMALL_BYTES) return readBundleArchive(archive, options);
  const next = last.then(() => read(archive, options));
  last = next.catch(() => undefined);
  return next;
}

async function read(archive: Uint8Array, options: BundleOptions): Promise<Bundle> {
  const answer = await inThread(archive, options);
  if (!answer.ok) throw new BundleRefused(answer.code, answer.problems);
  const files = [...answer.bundle.files].map(([path, bytes]) => [path, bufferOf(bytes)] as const);
  return { ...answer.bundle, files: new Map(files) };
}

async function inThread(archive: Uint8Array, options: BundleOptions): Promise<ReadAnswer> {
  const limits = { deadlineMs: DEADLINE_MS, heapMiB: HEAP_MIB };
  try {
    return await runInWorker<ReadAnswer>(THREAD, { archive, options }, limits);
  } catch (error) {
    if (error instanceof WorkerTimedOut) {
      throw new BundleRefused('over_limit', ['reading it takes too long'], error);
    }
    if (error instanceof WorkerFailed) {
      throw new BundleRefused('unreadable', ['reading it failed, or took too much memory'], error);
    }
    throw error;
  }
}

/** What the end of a gzip says (RFC 1952, section 2.3.1: ISIZE). One that lies is refused by who unpacks it. */
function unpackedBytes(archive: Uint8Array): number {
  const at = archive.byteLength - GZIP_TRAILER_BYTES;
  if (at < 0) return 0;
  return new DataView(archive.buffer, archive.byteOffset, archive.byteLength).getUint32(at, true);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
