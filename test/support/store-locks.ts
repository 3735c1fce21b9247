import { readFileSync, statSync } from 'node:fs';

/** The files of an audit store, by what is appended to its path. */
export type StoreFile = '' | '-wal' | '-shm';

/**
 * The POSIX locks by which a process shows SQLite in other processes that the store is in use, from `/proc/locks`
 * (Linux): on the database, and on the `-shm` file the one at byte 128. Locks that a statement takes and gives back
 * are left out.
 */
export function storeLocks(pid: number, path: string): readonly string[] {
  const files = new Map(
    (['', '-shm'] as const).flatMap((file) => {
      const found = statSync(`${path}${file}`, { throwIfNoEntry: false });
      return found === undefined ? [] : [[String(found.ino), file] as const];
    }),
  );
  return readFileSync('/proc/locks', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, kind, , , owner, place = '', from, to] = line.trim().split(/\s+/);
      const file = files.get(place.split(':')[2] ?? '');
      if (kind !== 'POSIX' || owner !== String(pid) || file === undefined) return [];
      if (file === '-shm' && from !== '128') return [];
      return [`audit.db${file} ${from ?? ''}-${to ?? ''}`];
    })
    .sort();
}
