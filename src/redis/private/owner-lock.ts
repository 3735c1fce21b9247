import { linkSync, renameSync, rmSync } from 'node:fs';
import { readText, writeText } from '../../files/text-file.js';
import { PrivateRedisError } from './errors.js';
import { identify, isRunning, type ProcessIdentity } from './process.js';

/** The right to run the one Redis of a data folder. */
export interface OwnerLock {
  /** Throws PrivateRedisError `locked` when another process took over the lock. */
  verify(): void;
  /** Releases the lock; does nothing when another process holds it. */
  release(): void;
}

/**
 * Takes the lock file for this process and removes a stale lock.
 * The start time in it tells an owner from a later process with this process id. Throws PrivateRedisError `locked`
 * while the owner lives.
 */
export function acquireLock(path: string): OwnerLock {
  const self = identify(process.pid);
  if (self === undefined)
    throw new PrivateRedisError('start_failed', 'cannot read the start time of this process');
  if (!create(path, self)) {
    removeStale(path);
    if (!create(path, self)) throw locked(path, read(path));
  }
  const isOurs = () => {
    const owner = read(path);
    return owner?.pid === self.pid && owner.startedAt === self.startedAt;
  };
  return {
    verify() {
      if (!isOurs()) throw locked(path, read(path));
    },
    release() {
      if (isOurs()) rmSync(path, { force: true });
    },
  };
}

/**
 * Creates the lock complete: written under another name and linked, it never exists without its
 * content.
 */
function create(path: string, self: ProcessIdentity): boolean {
  const draft = `${path}.${String(self.pid)}`;
  writeText(draft, JSON.stringify(self));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Moves a stale lock aside before removing it: of two processes that both saw it, only one moves it.
 * Reads the moved file again: it may be the fresh lock of the other process, which is then restored.
 */
function removeStale(path: string): void {
  const seen = read(path);
  if (seen !== undefined && isRunning(seen)) throw locked(path, seen);
  const aside = `${path}.stale.${String(process.pid)}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = read(aside);
  const alive = moved !== undefined && isRunning(moved);
  if (alive) linkSync(aside, path);
  rmSync(aside, { force: true });
  if (alive) throw locked(path, moved);
}

/** Returns the owner in a lock file; undefined for a missing file and for malformed content. */
function read(path: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(readText(path, 'none') ?? 'null') as Partial<ProcessIdentity> | null;
    if (typeof value?.pid !== 'number' || typeof value.startedAt !== 'string') return undefined;
    return { pid: value.pid, startedAt: value.startedAt };
  } catch {
    return undefined;
  }
}

function locked(path: string, owner: ProcessIdentity | undefined): PrivateRedisError {
  const who = owner === undefined ? 'another process' : `process ${String(owner.pid)}`;
  return new PrivateRedisError(
    'locked',
    `${who} already runs the private Redis of this data folder (${path}); ` +
      'stop it, or choose another COUNTERSIGN_DATA_DIR',
  );
}
