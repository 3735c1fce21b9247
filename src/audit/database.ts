import Libsql from 'libsql';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StoreLost, watchStoreFiles, type FileLoss } from './store-files.js';

/** What may be bound. The driver aborts the whole process on `undefined` and booleans, so nothing else gets through. */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A typed, synchronous face of the embedded database. Statements are prepared once and kept. */
export interface Database {
  /** Returns how many rows changed. */
  run(sql: string, values?: readonly SqlValue[]): number;
  all(sql: string, values?: readonly SqlValue[]): readonly SqlRow[];
  /** Runs `work` in one write transaction: all of it is committed, or nothing when it throws. */
  transaction<T>(work: () => T): T;
  exec(sql: string): void;
  close(): void;
}

/** A database whose files are watched. */
export interface WatchedDatabase extends Database {
  /** What became of the files under the connection; undefined while the path leads to them. */
  loss(): FileLoss | undefined;
}

/** NUL ends a text in the driver, which would make two different ids equal. */
function checkedValue(value: SqlValue): SqlValue {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError('a number bound to SQL must be a safe integer');
  }
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}

function wrap(native: Libsql.Database): Database {
  const statements = new Map<string, Libsql.Statement>();
  const prepare = (sql: string): Libsql.Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = native.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    run: (sql, values = []) => prepare(sql).run(values.map(checkedValue)).changes,
    all: (sql, values = []) => prepare(sql).all(values.map(checkedValue)) as SqlRow[],
    transaction: (work) => {
      native.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        native.exec('COMMIT');
        return result;
      } catch (error) {
        // A failed COMMIT may have ended the transaction already; the first error is the one that counts.
        if (native.inTransaction) native.exec('ROLLBACK');
        throw error;
      }
    },
    exec: (sql) => {
      native.exec(sql);
    },
    close: () => {
      statements.clear();
      native.close();
    },
  };
}

/** Makes the file when there is none. One that is there is never opened here: see `watchStoreFiles`. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/**
 * Opens the database for writing; makes the file (mode 0600) and its folder (0700) when they are absent. Only the
 * worker does: SQLite has one writer, and a process that serves has a reader. Throws the driver's error when the
 * file is no database.
 */
export function openWritable(path: string): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  makeFile(path);
  // Absolute: the driver takes `:memory:` and URLs for something other than a file.
  const native = new Libsql(resolve(path));
  // Before the -wal and -shm files are made: they take their mode from this one.
  chmodSync(path, 0o600);
  native.pragma('busy_timeout = 5000');
  // Of a new file only, and before the first write: pruned pages can then go back to the file system.
  native.pragma('auto_vacuum = INCREMENTAL');
  native.pragma('journal_mode = WAL');
  // FULL, not NORMAL: the streams are trimmed after a commit, so a commit that a power cut can take back
  // would lose events. It costs about a millisecond for each batch.
  native.pragma('synchronous = FULL');
  return wrap(native);
}

/** Watches the files under a connection that has read something. Each call throws StoreLost once they are gone. */
export function guardFiles(database: Database, path: string): WatchedDatabase {
  const loss = watchStoreFiles(path);
  let inTransaction = false;
  const guarded = <T>(work: () => T): T => {
    // Within a transaction one look is enough, and a batch has thousands of statements.
    const found = inTransaction ? undefined : loss();
    if (found !== undefined) throw new StoreLost(found.what);
    return work();
  };
  return {
    run: (sql, values) => guarded(() => database.run(sql, values)),
    all: (sql, values) => guarded(() => database.all(sql, values)),
    transaction: (work) =>
      guarded(() => {
        inTransaction = true;
        try {
          return database.transaction(work);
        } finally {
          inTransaction = false;
        }
      }),
    exec: (sql) => {
      guarded(() => {
        database.exec(sql);
      });
    },
    close: () => {
      database.close();
    },
    loss,
  };
}

/** Opens an existing database for reading alone, while another process writes it. Throws when there is none. */
export function openReadable(path: string): Database {
  // Not only `query_only`: a connection that may write checkpoints and deletes the WAL when it is the last to close.
  const native = new Libsql(`${pathToFileURL(path).href}?mode=ro`);
  native.pragma('busy_timeout = 250');
  native.pragma('query_only = 1');
  return wrap(native);
}
