/** A promise that did not settle in time. */
export class Late extends Error {
  override readonly name = 'Late';
}

/**
 * Returns the result of the promise; rejects with Late after `limitMs`.
 * Does not cancel the underlying work.
 */
export async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Late(`no answer within ${String(limitMs)} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
