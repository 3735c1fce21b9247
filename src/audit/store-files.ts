import { realpathSync, statSync } from 'node:fs';

/**
 * Error: the path of the audit store no longer leads to its open files.
 * Thrown instead of reading or writing: the data would be in files that no other or later process can open.
 */
export class StoreLost extends Error {
  override readonly name = 'StoreLost';
  constructor(what: string) {
    super(
      `audit store lost: ${what}. Nothing is written to it and no stream is trimmed. Before a restart, read docs/operate/runbooks/audit-store-lost.md.`,
    );
  }
}

/** Returns whether an error is StoreLost. One from another thread has its name and message, but not its class. */
export function isStoreLost(error: unknown): error is Error {
  return error instanceof Error && error.name === 'StoreLost';
}

/**
 * Returns device and inode of a file; undefined when it does not exist.
 * Never opens it: see `watchStoreFiles`.
 */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${String(found.dev)}:${String(found.ino)}`;
}

/** The loss of a file that a connection has open. */
export interface FileLoss {
  readonly what: string;
  /** `companion`: the -wal or -shm file, while the database still exists. */
  readonly file: 'database' | 'companion';
  /** `replaced`: the path leads to another file, so other processes may have written there. */
  readonly state: 'missing' | 'replaced';
}

/**
 * Remembers the files of a connection, and returns a function that reports their loss.
 * The function returns undefined while the paths lead to these files. Call it after the first read, when SQLite has
 * opened the WAL. An open file keeps its inode number, so no later file can be mistaken for it.
 *
 * Only `stat`, never `open`: closing any descriptor of a file releases all POSIX locks of the process on it (fcntl(2)).
 * SQLite's locks are among them, and another process may then delete the WAL.
 */
export function watchStoreFiles(path: string): () => FileLoss | undefined {
  const real = realpathSync(path);
  // SQLite creates -wal and -shm next to the file itself, not next to a link. A rollback journal mode has none.
  const watched = [path, `${real}-wal`, `${real}-shm`].flatMap((file) => {
    const identity = identityOf(file);
    return identity === undefined ? [] : [{ file, identity }];
  });
  return () => {
    for (const { file, identity } of watched) {
      const now = identityOf(file);
      if (now === identity) continue;
      const state = now === undefined ? 'missing' : 'replaced';
      const what = `${file} was ${state === 'missing' ? 'removed' : 'replaced'}`;
      return { what, state, file: file === path ? 'database' : 'companion' };
    }
    return undefined;
  };
}
