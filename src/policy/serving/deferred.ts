/** Runs one job in a later turn of the event loop. */
export type RunLater = (job: () => void) => void;

/**
 * Work that nobody waits for: one job per turn of the event loop, so that answers go out between two of them, and
 * never more than `capacity` waiting. What does not fit is not done.
 */
export class DeferredWork {
  private readonly waiting: (() => void)[] = [];
  private scheduled = false;

  constructor(
    private readonly capacity: number,
    private readonly runLater: RunLater = (job) => setImmediate(job),
  ) {}

  /** False when it was not taken. */
  offer(job: () => void): boolean {
    if (this.waiting.length >= this.capacity) return false;
    this.waiting.push(job);
    this.schedule();
    return true;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.runLater(() => {
      this.scheduled = false;
      const job = this.waiting.shift();
      if (this.waiting.length > 0) this.schedule();
      job?.();
    });
  }
}
