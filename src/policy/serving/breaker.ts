/** When live evaluations are called too slow: `tripAfter` in a row over `maxMs`; then nothing is evaluated for `coolDownMs`. */
export interface BreakerOptions {
  readonly maxMs: number;
  readonly tripAfter: number;
  readonly coolDownMs: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { maxMs: 100, tripAfter: 10, coolDownMs: 2000 };

/**
 * Watches how long live evaluations take. WASM has no CPU limit and holds the event loop, so a policy that
 * became slow is refused for a while. After that one evaluation is let through: slow again means refused again,
 * so that a busy machine recovers by itself and a slow policy does not.
 */
export class EvaluationBreaker {
  private slowInARow = 0;
  private openUntilMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: BreakerOptions) {}

  /** All times are of one monotonic clock. */
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
