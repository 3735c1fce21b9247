/**
 * Opens after `tripAfter` evaluations in a row over `maxMs`; stays open for `coolDownMs`.
 * Times in milliseconds.
 */
export interface BreakerOptions {
  readonly maxMs: number;
  readonly tripAfter: number;
  readonly coolDownMs: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { maxMs: 100, tripAfter: 10, coolDownMs: 2000 };

/**
 * Measures the duration of live evaluations.
 * WASM has no CPU limit and blocks the event loop, so a slow policy is refused for a while. After the cool-down one
 * evaluation runs, and a slow one opens the breaker again. A busy machine recovers this way, and a slow policy does
 * not.
 */
export class EvaluationBreaker {
  private slowInARow = 0;
  private openUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: BreakerOptions) {}

  /** Returns whether evaluations are refused now. All times are of one monotonic clock. */
  isOpen(nowMs: number): boolean {
    return nowMs < this.openUntilMs;
  }

  record(nowMs: number, tookMs: number): void {
    this.slowInARow = tookMs > this.options.maxMs ? this.slowInARow + 1 : 0;
    if (this.slowInARow >= this.options.tripAfter) {
      this.openUntilMs = nowMs + this.options.coolDownMs;
    }
  }
}
