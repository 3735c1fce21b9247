/** A source of wall-clock time. Token times never come from it: the store's tick decides. */
export interface Clock {
  /** Returns milliseconds since the Unix epoch. */
  nowMs(): number;
}

/** The machine's clock, for log lines, deadlines and caches; never for issue or expiry. */
export const systemClock: Clock = { nowMs: () => Date.now() };
