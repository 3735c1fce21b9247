/** Steps in a ring: a window has six of them, and so covers between 5/6 and 6/6 of its name. */
export const STEPS = 6;

/** Counts over a sliding window: the number of its newest step, and the count of each, newest first. */
export interface Ring {
  step: number;
  counts: number[];
}

export const emptyRing = (): Ring => ({ step: 0, counts: [0, 0, 0, 0, 0, 0] });

/**
 * Advances the ring to the step of `nowMs`, adds, and returns the sum over the window.
 * Ignores a clock that steps back.
 */
export function turn(ring: Ring, widthMs: number, nowMs: number, add: number): number {
  const { counts } = ring;
  const step = Math.floor(nowMs / widthMs);
  const moved = Math.min(step - ring.step, STEPS);
  if (moved > 0) {
    for (let i = STEPS - 1; i >= 0; i--) counts[i] = i >= moved ? (counts[i - moved] ?? 0) : 0;
    ring.step = step;
  }
  counts[0] = (counts[0] ?? 0) + add;
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
