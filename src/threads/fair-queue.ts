import { QueueFull } from './failures.js';

export interface FairQueueOptions {
  /** Number of jobs that run at once. */
  readonly slots: number;
  /** Maximum number of waiting jobs. */
  readonly waiting: number;
  /** Maximum number of waiting jobs of one owner. */
  readonly waitingEach: number;
}

/** A bounded queue of jobs in which owners take turns, however many jobs one of them adds. */
export class FairQueue {
  readonly #options: FairQueueOptions;
  /** Waiting jobs by owner; the first owner is next. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #running = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /** Runs a job of an owner in its turn. Throws QueueFull at once when too many wait. */
  async run<T>(owner: string, job: () => Promise<T>): Promise<T> {
    if (this.#running < this.#options.slots) this.#running += 1;
    else await this.#turn(owner);
    try {
      return await job();
    } finally {
      this.#handOver();
    }
  }

  #turn(owner: string): Promise<void> {
    const { waiting, waitingEach } = this.#options;
    const mine = this.#waiting.get(owner) ?? [];
    const all = [...this.#waiting.values()].reduce((sum, { length }) => sum + length, 0);
    if (all >= waiting || mine.length >= waitingEach) {
      throw new QueueFull(`${String(all)} jobs wait, ${String(mine.length)} of this owner`);
    }
    this.#waiting.set(owner, mine);
    return new Promise((resolve) => {
      mine.push(resolve);
    });
  }

  /** Gives the slot of a finished job to the next owner, who then goes to the end of the line. */
  #handOver(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    const [owner, jobs] = next;
    const start = jobs.shift();
    this.#waiting.delete(owner);
    if (jobs.length > 0) this.#waiting.set(owner, jobs);
    start?.();
  }
}
