/** Aborts when nothing happened for a while, when it all takes too long, or when the caller does. */
export class Silence {
  private readonly own = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly deadline: NodeJS.Timeout;
  readonly signal: AbortSignal;

  /** All in milliseconds. */
  constructor(
    outer: AbortSignal,
    private readonly longestMs: number,
    deadlineMs: number,
  ) {
    this.signal = AbortSignal.any([outer, this.own.signal]);
    this.deadline = this.after(deadlineMs, 'took too long');
  }

  /** Something happened, or is now awaited for so long. */
  heard(longestMs = this.longestMs): void {
    clearTimeout(this.timer);
    this.timer = this.after(longestMs, 'was silent for too long');
  }

  /** Why it was aborted, when it was by itself. */
  reason(): string | undefined {
    return this.own.signal.aborted ? String(this.own.signal.reason) : undefined;
  }

  end(): void {
    clearTimeout(this.timer);
    clearTimeout(this.deadline);
  }

  private after(delayMs: number, why: string): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.own.abort(why);
    }, delayMs);
    timer.unref();
    return timer;
  }
}
