/** A periodic job. A run drains the pending work, within a bound. */
export interface PeriodicJob {
  readonly name: string;
  readonly everyMs: number;
  /**
   * Returns the amount of work done. Throws when part of it failed; the next run retries it.
   * Ends between two batches once `stopping` aborts: the next run continues.
   */
  run(stopping: AbortSignal): Promise<number>;
}

/** Repeats a step until it returns 0, ran `bound` times, or `stopping` aborts; returns the sum of its results. */
export async function drain(
  step: () => Promise<number>,
  bound: number,
  stopping: AbortSignal,
): Promise<number> {
  let total = 0;
  for (let i = 0; i < bound && !stopping.aborted; i++) {
    const done = await step();
    if (done === 0) break;
    total += done;
  }
  return total;
}

/** Runs for every shard despite failures, then throws one error with their number and the first. Ends on `stopping`. */
export async function forEachShard(
  shards: number,
  stopping: AbortSignal,
  run: (shard: number) => Promise<number>,
): Promise<number> {
  let total = 0;
  const failures: { readonly shard: number; readonly error: unknown }[] = [];
  for (let shard = 0; shard < shards && !stopping.aborted; shard++) {
    try {
      total += await run(shard);
    } catch (error) {
      failures.push({ shard, error });
    }
  }
  const [first] = failures;
  if (first === undefined) return total;
  throw new Error(`${String(failures.length)} shards failed, the first is ${String(first.shard)}`, {
    cause: first.error,
  });
}
