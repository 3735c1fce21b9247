import type { Logger } from '../domain/logger.js';
import { errorText } from './error-text.js';

/** Failures in a row from which a task is reported: one alone, as while a process starts, is made good by the next. */
const REPORTED_FROM = 2;

/**
 * Runs a task periodically without overlap. Continues after a failure; logs it when the turn before failed too, and the
 * first success after that.
 */
export function runPeriodically(
  intervalMs: number,
  name: string,
  log: Logger,
  task: () => Promise<void>,
): { stop(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  let idle = true;
  let failures = 0;
  const succeeded = (): void => {
    if (failures >= REPORTED_FROM) log.info({ task: name, failures }, 'periodic task works again');
    failures = 0;
  };
  const failed = (error: unknown): void => {
    failures += 1;
    const level = failures < REPORTED_FROM ? 'debug' : 'warn';
    log[level]({ task: name, error: errorText(error), failures }, 'periodic task failed');
  };
  const timer = setInterval(() => {
    if (!idle) return;
    idle = false;
    running = task()
      .then(succeeded, failed)
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
