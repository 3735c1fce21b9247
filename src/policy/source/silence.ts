/** Aborts after a period of silence, at a deadline, or when the caller aborts. */
export class Silence {
  private readonly own = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private readonly deadline: NodeJS.Timeout;
  readonly signal: AbortSignal;

  /** All times in milliseconds. */
  constructor(
    outer: AbortSignal,
    private readonly longestMs: number,
    deadlineMs: number,
  ) {
    this.signal = AbortSignal.any([outer, this.own.signal]);
    this.deadline = this.after(deadlineMs, 'took too long');
  }

  /** Restarts the silence timer; `longestMs` replaces the allowed silence once. */
  heard(longestMs = this.longestMs): void {
    clearTimeout(this.timer);
    this.timer = this.after(longestMs, 'was silent for too long');
  }

  /** Reason of an abort by a timer; undefined for the caller's abort. */
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
