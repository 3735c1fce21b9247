/** The least time of several tries of each, taken in turns, so that a busy machine slows all alike; milliseconds. */
export function fastest(tries: number, ...runs: readonly (() => unknown)[]): number[] {
  const least = runs.map(() => Number.POSITIVE_INFINITY);
  for (let attempt = 0; attempt < tries; attempt++) {
    for (const [index, run] of runs.entries()) {
      const began = performance.now();
      run();
      least[index] = Math.min(least[index] ?? 0, performance.now() - began);
    }
  }
  return least;
}
