import { pollPath } from '../../policy/author/watch.js';
import type { Cli } from '../define.js';

const POLL_MS = 200;
const KEEP_ALIVE_MS = 60_000;

/**
 * Runs the work once, then after each settled change of a path, until SIGINT or SIGTERM.
 * The first signal waits for the work in progress; a second one ends the process at once.
 */
export async function repeatOnChange(
  cli: Cli,
  paths: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const { signals, exit } = cli.runtime;
  // Neither a signal handler nor the polling keeps the process alive.
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  let running: Promise<void> = Promise.resolve();
  let waiting = false;
  const run = (): void => {
    if (waiting) return;
    waiting = true;
    running = running.then(() => {
      waiting = false;
      return work();
    });
  };
  const stops = paths.map((path) => pollPath(POLL_MS)(path, run));
  let asked = false;
  let settle: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const end = (): void => {
    if (asked) exit(130);
    asked = true;
    settle();
  };
  signals.on('SIGINT', end);
  signals.on('SIGTERM', end);
  try {
    await ended;
    for (const stop of stops) stop();
    await running;
  } finally {
    clearInterval(alive);
    signals.off('SIGINT', end);
    signals.off('SIGTERM', end);
  }
}
