import { readFileSync } from 'node:fs';

/** Linux scheduler statistics of the reading thread: running and waiting nanoseconds, time slices. */
const SCHEDULED = '/proc/thread-self/schedstat';

/**
 * Measures the CPU time of this thread for some work, in milliseconds, where the system reports it.
 * Otherwise measures elapsed time, which on a busy machine includes other work.
 */
export function timed<T>(work: () => T): { readonly value: T; readonly tookMs: number } {
  const [startMs, onProcessorMs] = [performance.now(), processorMs()];
  const value = work();
  const wallMs = performance.now() - startMs;
  const nowMs = processorMs();
  const known = onProcessorMs !== undefined && nowMs !== undefined;
  return { value, tookMs: known ? Math.min(wallMs, nowMs - onProcessorMs) : wallMs };
}

function processorMs(): number | undefined {
  try {
    const nanoseconds = Number(readFileSync(SCHEDULED, 'utf8').split(' ')[0]);
    return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : undefined;
  } catch {
    return undefined;
  }
}
