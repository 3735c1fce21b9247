import { realpathSync, statSync } from 'node:fs';

/**
 * Thrown instead of reading or writing through a connection whose files are no longer at the store's path: what
 * went there would be in files that no other process, and no later one, can open.
 */
export class StoreLost extends Error {
  override readonly name = 'StoreLost';
  constructor(what: string) {
    super(
      `audit store lost: ${what}. Nothing is written to it and no stream is trimmed. Before a restart, read docs/runbooks/audit-store-lost.md.`,
    );
  }
}

/** Device and inode of a file; undefined when the path leads to none. Never opens it: see `watchStoreFiles`. */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? undefined : `${String(found.dev)}:${String(found.ino)}`;
}

/** What became of a file that a connection has open. */
export interface FileLoss {
  readonly what: string;
  /** `companion`: the -wal or -shm file, while the database is still there. */
  readonly file: 'database' | 'companion';
  /** `replaced`: the path leads to another file, so other processes may have written there. */
  readonly state: 'missing' | 'replaced';
}

/**
 * Remembers which files a connection has open, and returns a function that says what became of them: undefined
 * while the paths lead to these files. Call it when the connection has read something, since SQLite opens the WAL
 * then. An open file keeps its inode number, so no later file can be taken for it.
 *
 * Only `stat`, never `open`: closing any descriptor of a file ends all POSIX locks that the process holds on it
 * (fcntl(2)), SQLite's among them, and another process may then delete the WAL.
 */
export function watchStoreFiles(path: string): () => FileLoss | undefined {
  const real = realpathSync(path);
  // SQLite puts -wal and -shm beside the file itself, not beside a link to it. A rollback journal mode has none.
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
