import type { Terminal } from '../terminal.js';

/** How long a command waits for an analysis: longer than the service gives it. */
export const ANALYSIS_TIMEOUT_MS = 180_000;
const SAY_EVERY_MS = 5000;

/** Says on standard error what a person waits for, and every few seconds that it goes on. */
export async function whileWaiting<T>(
  terminal: Terminal,
  what: string,
  work: Promise<T>,
): Promise<T> {
  terminal.err(`${what} …\n`);
  const startMs = terminal.nowMs();
  const timer = setInterval(() => {
    terminal.err(`${what} … ${String(Math.round((terminal.nowMs() - startMs) / 1000))} s\n`);
  }, SAY_EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
