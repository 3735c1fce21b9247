/** Runs one job in a later turn of the event loop. */
export type RunLater = (job: () => void) => void;

/**
 * Queues background work: one job per turn of the event loop, so that answers go out in between.
 * At most `capacity` jobs wait; further ones are dropped.
 */
export class DeferredWork {
  private readonly waiting: (() => void)[] = [];
  private scheduled = false;

  constructor(
    private readonly capacity: number,
    private readonly runLater: RunLater = (job) => setImmediate(job),
  ) {}

  /** Queues a job; false when the queue is full. */
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
