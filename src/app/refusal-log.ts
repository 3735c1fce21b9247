import type { Clock } from '../domain/clock.js';

/** Decides which refused requests get a log line. */
export interface RefusalLog {
  /**
   * Returns undefined when the request gets no line, else how many refusals of its kind got none since the last line.
   * @param kind route and error code: both come from finite tables, never from a caller
   */
  admit(kind: string): { readonly unlogged: number } | undefined;
}

const WINDOW_MS = 10_000;
/** Maximum number of lines of one kind in one window. */
const MAX_LINES = 10;

interface Window {
  beganMs: number;
  lines: number;
  unlogged: number;
}

/** Samples refused requests, so that fast refusals cannot fill the log. */
export function createRefusalLog(clock: Clock, onUnlogged: (count: number) => void): RefusalLog {
  const windows = new Map<string, Window>();
  return {
    admit(kind) {
      const nowMs = clock.nowMs();
      const window = windows.get(kind) ?? { beganMs: nowMs, lines: 0, unlogged: 0 };
      windows.set(kind, window);
      if (Math.abs(nowMs - window.beganMs) >= WINDOW_MS) {
        window.beganMs = nowMs;
        window.lines = 0;
      }
      if (window.lines >= MAX_LINES) {
        window.unlogged += 1;
        onUnlogged(1);
        return undefined;
      }
      const { unlogged } = window;
      window.lines += 1;
      window.unlogged = 0;
      return { unlogged };
    },
  };
}
