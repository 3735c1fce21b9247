import { CountersignError } from '../domain/errors.js';

const TRIES = 10;
const PAUSE_MS = 200;

/**
 * Retries a step of start-up while the store is slow.
 * A process that loads its code on a busy machine reads answers late, so a timeout must not fail the start. The step
 * must be safe to repeat.
 */
export async function retryWhileUnavailable<T>(step: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await step();
    } catch (error) {
      if (tries === TRIES || !isPassing(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof CountersignError) return error.code === 'temporarily_unavailable';
  return error instanceof Error && error.message === 'Command timed out';
}
