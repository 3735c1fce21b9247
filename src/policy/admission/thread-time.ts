import { readFileSync } from 'node:fs';

/** What Linux says of the thread that reads it: nanoseconds on a processor, waiting for one, and time slices. */
const SCHEDULED = '/proc/thread-self/schedstat';

/**
 * Milliseconds a piece of work kept this thread on a processor, where the system tells; else milliseconds that went
 * by. On a busy machine the second counts what others did, and a policy is not to blame for that.
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
