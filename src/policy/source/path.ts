import { stat } from 'node:fs/promises';
import { readArchiveFile, unreadable } from '../bundle/archive-file.js';
import { readDirectory } from '../bundle/directory.js';
import type { BundleLimits } from '../bundle/members.js';
import { packArchive } from '../bundle/pack.js';
import { fingerprint } from './fingerprint.js';
import { retryPauseMs } from './pauses.js';
import type { Ask, Fetched, Fetcher } from './source.js';

export interface PathOptions {
  /** Path of a bundle folder or tar.gz. */
  readonly path: string;
  readonly limits: BundleLimits;
  readonly random: () => number;
  /** Polling interval in milliseconds. */
  readonly intervalMs: number;
}

const LONGEST_PAUSE_MS = 10_000;

/**
 * Polls a folder or tar.gz on disk.
 * `fs.watch` misses network mounts and files replaced by a rename. A change counts once two polls in a row agree, so a
 * file that is still being written is skipped.
 */
export class PathFetcher implements Fetcher {
  readonly origin: string;
  private seen = '';
  private brought: string | undefined;

  constructor(private readonly options: PathOptions) {
    this.origin = options.path;
  }

  async fetch({ force }: Ask, signal?: AbortSignal): Promise<Fetched> {
    const now = await fingerprint(this.options.path);
    const settled = now === this.seen;
    this.seen = now;
    if (!force && (!settled || now === this.brought)) return { changed: false };
    this.brought = now;
    return { changed: true, archive: await readPath(this.options, signal) };
  }

  pauseMs(failures: number): number {
    const { intervalMs, random } = this.options;
    if (failures === 0) return intervalMs;
    return Math.max(
      intervalMs,
      retryPauseMs(failures, { minMs: 0, maxMs: LONGEST_PAUSE_MS, random }),
    );
  }
}

/** Reads the file, or packs the folder. Throws BundleRefused. */
async function readPath(
  { path, limits }: PathOptions,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    if ((await stat(path)).isDirectory()) {
      return await packArchive((await readDirectory(path, limits)).all());
    }
    return await readArchiveFile(path, limits.compressedBytes, signal);
  } catch (error) {
    throw unreadable(path, error);
  }
}
