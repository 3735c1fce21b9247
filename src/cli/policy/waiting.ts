import type { Terminal } from '../terminal.js';

/** Client timeout of an analysis in milliseconds, above the service's time limit. */
export const ANALYSIS_TIMEOUT_MS = 180_000;
const SAY_EVERY_MS = 5000;

/** Waits for the work and reports it and the elapsed seconds on standard error, every 5 seconds. */
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
