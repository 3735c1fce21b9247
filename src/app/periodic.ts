import type { Logger } from '../domain/logger.js';

/** Runs a task periodically without overlap. Logs a failure and continues with the next turn. */
export function runPeriodically(
  intervalMs: number,
  name: string,
  log: Logger,
  task: () => Promise<void>,
): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let idle = true;
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    running = task()
      .catch((error: unknown) => {
        log.warn({ task: name, error: String(error) }, 'periodic task failed');
      })
      .finally(() => {
        idle = true;
      });
  }, intervalMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
