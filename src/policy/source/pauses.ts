const FIRST_RETRY_MS = 100;
const GROWTH = 1.6;
const JITTER = 0.2;

/** Pauses as OPA makes them (`v1/download`, `v1/util/backoff.go`). All in milliseconds. */
export interface PauseSettings {
  readonly minMs: number;
  readonly maxMs: number;
  /** 0 to 1; so that many instances do not ask all at once. */
  readonly random: () => number;
}

/** Anything between the two. */
export function pollPauseMs({ minMs, maxMs, random }: PauseSettings): number {
  return minMs + (maxMs - minMs) * random();
}

/** 100 ms after the first failure, 1.6 times as long after each further one, at most the longest; give or take a fifth. */
export function retryPauseMs(failures: number, { maxMs, random }: PauseSettings): number {
  const grown = Math.min(FIRST_RETRY_MS * GROWTH ** Math.max(0, failures - 1), maxMs);
  return grown * (1 + JITTER * (random() * 2 - 1));
}
