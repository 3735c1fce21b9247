/**
 * The usual surprise of an agent's cells: the largest recent peak of each term, and the open cell's,
 * in 1/1024.
 */
export interface Tail {
  usual: number;
  peak: number;
}

export const emptyTail = (): Tail => ({ usual: 0, peak: 0 });

/** Cells after which a peak has mostly decayed: four weeks. */
const MEMORY_CELLS = 4032;
/**
 * Maximum growth of a usual peak in one cell of a known agent, one tenth, so that bursts and ramps are
 * not learned.
 */
const GROW_STEP = 102;
/** Whole 1/1024, which pack into a third of a double. */
const STEPS = 1024;
/** Peaks of this size count half. */
const SOFT = 4 * 1024;

/** Closes `cells` cells, of which only the first had a peak; without `learn` only decays. */
export function closeTail(tail: Tail, cells: number, learn: boolean, known: boolean): void {
  tail.usual = Math.floor(tail.usual * Math.max(0, 1 - cells / MEMORY_CELLS));
  const most = known ? tail.usual + GROW_STEP : tail.peak;
  if (learn) tail.usual = Math.max(tail.usual, Math.min(tail.peak, most));
  tail.peak = 0;
}

/** Returns the part of a surprise that exceeds the agent's usual surprises. */
export function beyondUsual(tail: Tail, raw: number): number {
  tail.peak = Math.max(tail.peak, Math.floor(raw * STEPS + 0.5));
  return (raw * SOFT) / (SOFT + tail.usual);
}
