/** Below this, the clock is finer than the account of the processor's time, and a pause of the machine is unlikely. */
const SHORT_MS = 0.2;

/**
 * The least time of several tries of each, taken in turns, so that a busy machine slows all alike; milliseconds. Time
 * that the processor gave to other processes does not count.
 */
export function fastest(tries: number, ...runs: readonly (() => unknown)[]): number[] {
  const least = runs.map(() => Number.POSITIVE_INFINITY);
  for (let attempt = 0; attempt < tries; attempt++) {
    for (const [index, run] of runs.entries()) {
      least[index] = Math.min(least[index] ?? 0, timeOf(run));
    }
  }
  return least;
}

function timeOf(run: () => unknown): number {
  const before = process.cpuUsage();
  const began = performance.now();
  run();
  const passedMs = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  return passedMs < SHORT_MS ? passedMs : Math.min(passedMs, (user + system) / 1000);
}
