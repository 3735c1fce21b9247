import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Calls `changed` after the path changed and settled. The returned function stops watching. */
export type WatchPath = (path: string, changed: () => void) => () => void;

/**
 * Watches by polling, because `fs.watch` misses network mounts and files replaced by a rename.
 * A change counts once two polls in a row agree, so a file that is still being written is skipped. The first poll
 * counts as a change: the path may have changed since the load at start. Timers do not keep the process alive.
 */
export function pollPath(intervalMs: number): WatchPath {
  return (path, changed) => {
    const state = { told: undefined as string | undefined, seen: '', closed: false };
    const poll = async (): Promise<void> => {
      const now = await fingerprint(path);
      const settled = now === state.seen;
      state.seen = now;
      if (settled && now !== state.told) {
        state.told = now;
        changed();
      }
    };
    let timer: NodeJS.Timeout;
    const next = (): void => {
      timer = setTimeout(() => {
        void poll().finally(() => {
          if (!state.closed) next();
        });
      }, intervalMs);
      timer.unref();
    };
    next();
    return () => {
      state.closed = true;
      clearTimeout(timer);
    };
  };
}

/** Returns sizes and times of a file, or of every file in a folder; 'absent' if missing. Never throws. */
async function fingerprint(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return mark(path, found);
    const entries = await readdir(path, { recursive: true });
    const marks = entries
      .slice(0, 2000)
      .sort()
      .map(async (entry) => {
        const file = join(path, entry);
        return mark(file, await stat(file));
      });
    return (await Promise.all(marks)).join('\n');
  } catch {
    return 'absent';
  }
}

function mark(path: string, found: { ino: number; size: number; mtimeMs: number }): string {
  return `${path} ${String(found.ino)} ${String(found.size)} ${String(found.mtimeMs)}`;
}
