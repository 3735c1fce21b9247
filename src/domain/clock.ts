/** Time as a port. The service never reads the wall clock for tokens: the store's tick decides. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

/** The machine's clock. Used for log lines, deadlines and caches, never for issue or expiry. */
export const systemClock: Clock = { nowMs: () => Date.now() };
