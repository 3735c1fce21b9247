/** A job that runs again and again. A run drains what there is to do, within a bound. */
export interface PeriodicJob {
  readonly name: string;
  readonly everyMs: number;
  /** Returns how much was done. Throws when part of it failed; the next run takes it up again. */
  run(): Promise<number>;
}

/** Repeats a step until it does nothing or ran `bound` times; returns the sum of what it did. */
export async function drain(step: () => Promise<number>, bound: number): Promise<number> {
  let total = 0;
  for (let i = 0; i < bound; i++) {
    const done = await step();
    if (done === 0) break;
    total += done;
  }
  return total;
}

/** Runs for every shard, also when some fail; then throws one error that names how many and the first. */
export async function forEachShard(
  shards: number,
  run: (shard: number) => Promise<number>,
): Promise<number> {
  let total = 0;
  const failures: { readonly shard: number; readonly error: unknown }[] = [];
  for (let shard = 0; shard < shards; shard++) {
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
