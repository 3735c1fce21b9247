import { fingerprint } from '../source/fingerprint.js';

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
