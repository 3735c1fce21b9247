import { parentPort, workerData } from 'node:worker_threads';
import { readBundleArchive, type BundleOptions } from './read.js';
import { BundleRefused } from './refused.js';
import type { ReadAnswer } from './read-in-thread.js';

// Entry of a worker thread: runInWorker() in read-in-thread.ts loads this module.
async function answer(): Promise<ReadAnswer> {
  const { archive, options } = workerData as { archive: Uint8Array; options: BundleOptions };
  try {
    return { ok: true, bundle: await readBundleArchive(archive, options) };
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    return { ok: false, code: error.code, problems: error.problems };
  }
}

parentPort?.postMessage({ answer: await answer() });
