/** A promise that did not settle in time. */
export class Late extends Error {
  override readonly name = 'Late';
}

/**
 * Returns the result of the promise; rejects with Late after `limitMs`, and with the signal's reason on an abort.
 * Does not cancel the underlying work.
 */
export async function within<T>(
  limitMs: number,
  promise: Promise<T>,
  stopping?: AbortSignal,
): Promise<T> {
  let end: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      reject(new Late(`no answer within ${String(limitMs)} ms`));
    }, limitMs);
    const onAbort = (): void => {
      reject(reasonOf(stopping));
    };
    if (stopping?.aborted === true) onAbort();
    stopping?.addEventListener('abort', onAbort);
    end = () => {
      clearTimeout(timer);
      stopping?.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    end();
  }
}

/** Resolves to the result of the promise, or to undefined when it is late or failed. Never rejects. */
export function settled<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  return within(limitMs, work).catch(() => undefined);
}

/** Waits `ms` milliseconds; rejects with the signal's reason on an abort. */
export async function pause(ms: number, stopping?: AbortSignal): Promise<void> {
  const never = new Promise<never>(() => undefined);
  try {
    await within(ms, never, stopping);
  } catch (error) {
    if (!(error instanceof Late)) throw error;
  }
}

function reasonOf(stopping: AbortSignal | undefined): Error {
  const reason: unknown = stopping?.reason;
  return reason instanceof Error ? reason : new Error('stopped');
}
