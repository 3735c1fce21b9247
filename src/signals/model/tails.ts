/** How surprising this agent's cells usually get: the largest recent peak of each term, and the open cell's; in 1/1024. */
export interface Tail {
  usual: number;
  peak: number;
}

export const emptyTail = (): Tail => ({ usual: 0, peak: 0 });

/** Cells after which a peak is forgotten for the most part: four weeks. */
const MEMORY_CELLS = 4032;
/** In one cell of an agent that is known a usual peak grows by a tenth at the most: nobody teaches it a burst, or a ramp. */
const GROW_STEP = 102;
/** Kept as whole 1/1024, which pack into a third of a double. */
const STEPS = 1024;
/** Peaks of this size count half. */
const SOFT = 4 * 1024;

/** Ends `cells` cells, of which only the first had a peak; without `learn` it teaches nothing. */
export function closeTail(tail: Tail, cells: number, learn: boolean, known: boolean): void {
  tail.usual = Math.floor(tail.usual * Math.max(0, 1 - cells / MEMORY_CELLS));
  const most = known ? tail.usual + GROW_STEP : tail.peak;
  if (learn) tail.usual = Math.max(tail.usual, Math.min(tail.peak, most));
  tail.peak = 0;
}

/** What is left of a surprise for an agent whose surprises are usually that large. */
export function beyondUsual(tail: Tail, raw: number): number {
  tail.peak = Math.max(tail.peak, Math.floor(raw * STEPS + 0.5));
  return (raw * SOFT) / (SOFT + tail.usual);
}
