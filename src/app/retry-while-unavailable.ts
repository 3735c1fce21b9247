import { pause } from '../domain/deadline.js';
import { CountersignError } from '../domain/errors.js';

const TRIES = 10;
const PAUSE_MS = 200;

/**
 * Retries a step of start-up while the store is slow.
 * A process that loads its code on a busy machine reads answers late, so a timeout must not fail the start. The step
 * must be safe to repeat. Throws the signal's reason once `stopping` aborts.
 */
export async function retryWhileUnavailable<T>(
  step: () => Promise<T>,
  stopping?: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    stopping?.throwIfAborted();
    try {
      return await step();
    } catch (error) {
      if (tries === TRIES || !isPassing(error)) throw error;
      await pause(PAUSE_MS, stopping);
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof CountersignError) return error.code === 'temporarily_unavailable';
  return error instanceof Error && error.message === 'Command timed out';
}
