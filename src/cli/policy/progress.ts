import type { Terminal } from '../terminal.js';

const EVERY_MS = 2000;

/** Waits for the work and reports it and the elapsed seconds on standard error, every 2 seconds. */
export async function whileWaiting<T>(
  terminal: Pick<Terminal, 'err'>,
  what: string,
  work: Promise<T>,
): Promise<T> {
  terminal.err(`${what} …\n`);
  const startedMs = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    terminal.err(`${what}: ${String(seconds)} s …\n`);
  }, EVERY_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
