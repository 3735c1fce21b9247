import { LRUCache } from '../cache/lru.js';

interface Entry<R> {
  readonly turn: number;
  readonly record: R;
}

interface Reading<R> {
  readonly turn: number;
  readonly result: Promise<R | undefined>;
}

/**
 * A bounded cache over reads of single records.
 * Age is counted in turns, not in time: a read is newer than a turn when it started after the turn was taken. So it
 * includes every write acknowledged before the turn. Each id has at most one running and one waiting read, however many
 * callers want it.
 */
export class RecordCache<R extends object> {
  readonly #entries: LRUCache<string, Entry<R>>;
  readonly #readings = new Map<string, Reading<R>>();
  readonly #waiting = new Map<string, Promise<R | undefined>>();
  readonly #load: (id: string) => Promise<R | undefined>;
  #turns = 0;
  #forgottenAt = 0;

  constructor(maxEntries: number, load: (id: string) => Promise<R | undefined>) {
    this.#entries = new LRUCache({ max: maxEntries });
    this.#load = load;
  }

  /** Takes a turn. */
  turn(): number {
    return ++this.#turns;
  }

  /** Returns the valid cached record; never reads. */
  peek(id: string): R | undefined {
    const entry = this.#entries.get(id);
    return entry !== undefined && entry.turn > this.#forgottenAt ? entry.record : undefined;
  }

  /** Returns the valid cached record, else the result of a read shared by concurrent callers. */
  async find(id: string): Promise<R | undefined> {
    const cached = this.peek(id);
    if (cached !== undefined) return cached;
    const turn = this.turn();
    const joinsEarlierRead = (this.#readings.get(id)?.turn ?? 0) > this.#forgottenAt;
    const record = await this.#readSince(id, this.#forgottenAt);
    // An earlier read may have missed a record created since: absence counts only from a later one.
    return record === undefined && joinsEarlierRead ? this.#readSince(id, turn) : record;
  }

  /** Returns a record read after the turn: from the cache, by joining a running read, or by a new one. */
  async readSince(id: string, turn: number): Promise<R | undefined> {
    return this.#readSince(id, Math.max(turn, this.#forgottenAt));
  }

  /** Invalidates every earlier read. Returns whether the cache had entries. */
  forget(): boolean {
    this.#forgottenAt = this.turn();
    return this.#entries.size > 0;
  }

  #readSince(id: string, turn: number): Promise<R | undefined> {
    const entry = this.#entries.get(id);
    if (entry !== undefined && entry.turn > turn) return Promise.resolve(entry.record);
    const reading = this.#readings.get(id);
    if (reading !== undefined && reading.turn > turn) return reading.result;
    const next = this.#waiting.get(id);
    if (next !== undefined) return next;
    return reading === undefined ? this.#start(id) : this.#startAfter(id, reading);
  }

  #start(id: string): Promise<R | undefined> {
    const turn = this.turn();
    const result = this.#load(id)
      .then((record) => {
        // Absence is not cached: a new agent is visible at once.
        if (record === undefined) this.#entries.delete(id);
        else this.#entries.set(id, { turn, record });
        return record;
      })
      .finally(() => {
        this.#readings.delete(id);
      });
    this.#readings.set(id, { turn, result });
    return result;
  }

  #startAfter(id: string, reading: Reading<R>): Promise<R | undefined> {
    const next = (): Promise<R | undefined> => {
      this.#waiting.delete(id);
      return this.#start(id);
    };
    const result = reading.result.then(next, next);
    this.#waiting.set(id, result);
    return result;
  }
}
