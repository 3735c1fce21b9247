import Libsql from 'libsql';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inNative } from '../threads/native-gate.js';
import { StoreLost, watchStoreFiles, type FileLoss } from './store-files.js';

/**
 * A bindable value.
 * The driver aborts the whole process on `undefined` and booleans, so the type excludes them.
 */
export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A typed, synchronous interface to the embedded database. Prepares each statement once. */
export interface Database {
  /** Returns the number of changed rows. */
  run(sql: string, values?: readonly SqlValue[]): number;
  all(sql: string, values?: readonly SqlValue[]): readonly SqlRow[];
  /** Runs `work` in one write transaction, which is rolled back when it throws. */
  transaction<T>(work: () => T): T;
  exec(sql: string): void;
  close(): void;
}

/** A database with monitored files. */
export interface WatchedDatabase extends Database {
  /** Returns how the files under the connection were lost; undefined while the path leads to them. */
  loss(): FileLoss | undefined;
}

/** Rejects NUL, which ends a text in the driver and would make two different ids equal. */
function checkedValue(value: SqlValue): SqlValue {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError('a number bound to SQL must be a safe integer');
  }
  return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value;
}

/** Wraps a connection; a thread that uses it is terminated between its calls only. */
function wrap(native: Libsql.Database): Database {
  const statements = new Map<string, Libsql.Statement>();
  const prepare = (sql: string): Libsql.Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = native.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  const exec = (sql: string): void => {
    inNative(() => native.exec(sql));
  };
  return {
    run: (sql, values = []) => {
      const bound = values.map(checkedValue);
      return inNative(() => prepare(sql).run(bound).changes);
    },
    all: (sql, values = []) => {
      const bound = values.map(checkedValue);
      return inNative(() => prepare(sql).all(bound) as SqlRow[]);
    },
    transaction: (work) => {
      exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        exec('COMMIT');
        return result;
      } catch (error) {
        // A failed COMMIT may have ended the transaction already; the first error is the cause.
        if (inNative(() => native.inTransaction)) exec('ROLLBACK');
        throw error;
      }
    },
    exec,
    close: () => {
      statements.clear();
      inNative(() => native.close());
    },
  };
}

/** Creates a missing file. Never opens an existing one here: see `watchStoreFiles`. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/**
 * Opens the database for writing; creates the file (mode 0600) and its folder (0700) when they are
 * absent. Only the worker writes: SQLite has one writer, and the serving processes use a reader. Throws the driver's
 * error when the file is no database.
 */
export function openWritable(path: string): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  makeFile(path);
  // Absolute: the driver interprets `:memory:` and URLs.
  const native = new Libsql(resolve(path));
  // Before the driver creates the -wal and -shm files, which inherit this mode.
  chmodSync(path, 0o600);
  native.pragma('busy_timeout = 5000');
  // Takes effect in a new file only, before the first write: pruned pages can then be returned to the file system.
  native.pragma('auto_vacuum = INCREMENTAL');
  native.pragma('journal_mode = WAL');
  // FULL, not NORMAL: the streams are trimmed after a commit, so a commit lost in a power cut would lose events. It
  // costs about a millisecond for each batch.
  native.pragma('synchronous = FULL');
  return wrap(native);
}

/**
 * Monitors the files under a connection that has read something.
 * Each call throws StoreLost after their loss.
 */
export function guardFiles(database: Database, path: string): WatchedDatabase {
  const loss = watchStoreFiles(path);
  let inTransaction = false;
  const guarded = <T>(work: () => T): T => {
    // One check per transaction is enough: a batch has thousands of statements.
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

/**
 * Opens an existing database read-only, while another process writes it.
 * Throws when it does not exist.
 */
export function openReadable(path: string): Database {
  // `query_only` is not enough: a writable connection checkpoints and deletes the WAL when it closes last.
  const native = inNative(() => {
    const opened = new Libsql(`${pathToFileURL(path).href}?mode=ro`);
    opened.pragma('busy_timeout = 250');
    opened.pragma('query_only = 1');
    return opened;
  });
  return wrap(native);
}
