const FIRST_RETRY_MS = 100;
const GROWTH = 1.6;
const JITTER = 0.2;

/** Pause settings, in milliseconds, as in OPA (`v1/download`, `v1/util/backoff.go`). */
export interface PauseSettings {
  readonly minMs: number;
  readonly maxMs: number;
  /** Returns 0 to 1; spreads the polls of many instances. */
  readonly random: () => number;
}

/** Returns a random pause between minimum and maximum, in milliseconds. */
export function pollPauseMs({ minMs, maxMs, random }: PauseSettings): number {
  return minMs + (maxMs - minMs) * random();
}

/**
 * Returns the pause after failures, in milliseconds.
 * It starts at 100, grows 1.6 times per failure up to the maximum, and varies by ±20 %.
 */
export function retryPauseMs(failures: number, { maxMs, random }: PauseSettings): number {
  const grown = Math.min(FIRST_RETRY_MS * GROWTH ** Math.max(0, failures - 1), maxMs);
  return grown * (1 + JITTER * (random() * 2 - 1));
}
