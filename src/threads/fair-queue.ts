import { QueueFull } from './failures.js';

export interface FairQueueOptions {
  /** Number of jobs that run at once. */
  readonly slots: number;
  /** Maximum number of jobs of one owner that run at once; all slots by default. */
  readonly slotsEach?: number;
  /** Maximum number of waiting jobs. */
  readonly waiting: number;
  /** Maximum number of waiting jobs of one owner. */
  readonly waitingEach: number;
  /** Maximum time that a job waits, in milliseconds; unlimited by default. */
  readonly waitMs?: number;
}

type Start = () => void;

/** A bounded queue of jobs in which owners take turns, however many jobs one of them adds. */
export class FairQueue {
  readonly #options: FairQueueOptions;
  /** Waiting jobs by owner; the first owner is next. */
  readonly #waiting = new Map<string, Start[]>();
  /** Running jobs by owner. */
  readonly #running = new Map<string, number>();

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /** Runs a job of an owner in its turn. Throws QueueFull when too many wait, and after too long a wait. */
  async run<T>(owner: string, job: () => Promise<T>): Promise<T> {
    if (this.#hasSlot(owner)) this.#add(owner, 1);
    else await this.#turn(owner);
    try {
      return await job();
    } finally {
      this.#add(owner, -1);
      this.#startNext();
    }
  }

  #hasSlot(owner: string): boolean {
    const { slots, slotsEach = slots } = this.#options;
    return sum(this.#running.values()) < slots && (this.#running.get(owner) ?? 0) < slotsEach;
  }

  #add(owner: string, change: 1 | -1): void {
    const running = (this.#running.get(owner) ?? 0) + change;
    if (running === 0) this.#running.delete(owner);
    else this.#running.set(owner, running);
  }

  #turn(owner: string): Promise<void> {
    const { waiting, waitingEach, waitMs } = this.#options;
    const mine = this.#waiting.get(owner) ?? [];
    const all = sum([...this.#waiting.values()].map(({ length }) => length));
    if (all >= waiting || mine.length >= waitingEach) {
      throw new QueueFull(`${String(all)} jobs wait, ${String(mine.length)} of this owner`);
    }
    this.#waiting.set(owner, mine);
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#remove(owner, start);
        reject(new QueueFull(`no turn within ${String(waitMs)} ms`));
      };
      const timer = waitMs === undefined ? undefined : setTimeout(giveUp, waitMs);
      const start: Start = () => {
        clearTimeout(timer);
        resolve();
      };
      mine.push(start);
    });
  }

  /** Gives a free slot to the next owner that may have it, who then goes to the end of the line. */
  #startNext(): void {
    for (const [owner, jobs] of this.#waiting) {
      if (!this.#hasSlot(owner)) continue;
      const start = jobs.shift();
      this.#waiting.delete(owner);
      if (jobs.length > 0) this.#waiting.set(owner, jobs);
      this.#add(owner, 1);
      start?.();
      return;
    }
  }

  #remove(owner: string, start: Start): void {
    const jobs = this.#waiting.get(owner)?.filter((one) => one !== start) ?? [];
    if (jobs.length === 0) this.#waiting.delete(owner);
    else this.#waiting.set(owner, jobs);
  }
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const one of numbers) total += one;
  return total;
}
