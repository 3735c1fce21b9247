import { unavailable } from '../../domain/errors.js';
import { runInWorker, type WorkerLimits } from '../runners/run-in-worker.js';
import { readBundleArchive, type Bundle, type BundleOptions } from './read.js';
import { BundleRefused, type RefusalCode } from './refused.js';

/** What the thread makes of an archive. Buffers arrive as plain bytes. */
export type ReadAnswer =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly code: RefusalCode; readonly problems: readonly string[] };

const THREAD = new URL('./read-thread', import.meta.url);
/** A bundle within the default limits takes a few seconds, and its data, parsed, about so much of JavaScript heap. */
const LIMITS: WorkerLimits = { deadlineMs: 30_000, heapMiB: 1024 };
/** Unpacked. Up to here reading takes a few milliseconds, less than making a thread. */
const SMALL_BYTES = 256 * 1024;
const GZIP_TRAILER_BYTES = 4;

let last: Promise<unknown> = Promise.resolve();

/**
 * Reads a bundle as readBundleArchive does, in a thread of its own unless it is small: unpacking, hashing, verifying
 * and parsing hold up no request, whatever was sent. One at a time, so that many bundles at once do not fill the
 * memory. Throws BundleRefused, and CountersignError 503 when the thread failed or took too long: that says nothing
 * certain about the bundle, and may go well another time.
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

/** What the end of a gzip says (RFC 1952, section 2.3.1: ISIZE). One that lies is refused by who unpacks it. */
function unpackedBytes(archive: Uint8Array): number {
  const at = archive.byteLength - GZIP_TRAILER_BYTES;
  if (at < 0) return 0;
  return new DataView(archive.buffer, archive.byteOffset, archive.byteLength).getUint32(at, true);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
