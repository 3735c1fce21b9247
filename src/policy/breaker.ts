/** When live evaluations are called too slow: `count` of them over `slowMs` within `windowMs`. */
export interface BreakerOptions {
  readonly slowMs: number;
  readonly count: number;
  readonly windowMs: number;
}

export const DEFAULT_BREAKER: BreakerOptions = { slowMs: 50, count: 5, windowMs: 60_000 };

/**
 * Watches how long live evaluations take. WASM has no CPU limit and holds the event loop, so a policy that
 * became slow is switched off, and everything is refused, until another bundle or the same one is loaded.
 */
export class EvaluationBreaker {
  private slow: number[] = [];
  private tripped = false;

  constructor(private readonly options: BreakerOptions) {}

  get open(): boolean {
    return this.tripped;
  }

  /** `nowMs` and `tookMs` are of one monotonic clock. */
  record(nowMs: number, tookMs: number): void {
    if (tookMs <= this.options.slowMs) return;
    this.slow = this.slow.filter((at) => nowMs - at < this.options.windowMs);
    this.slow.push(nowMs);
    if (this.slow.length >= this.options.count) this.tripped = true;
  }
}
