import { LRUCache } from 'lru-cache';

/**
 * A bounded cache over reads of one record each. Age is counted in turns, not in time: a read is newer than a
 * turn when it started after the turn was taken, so whatever was acknowledged before the turn is in it.
 */
export interface RecordCache<R> {
  /** Takes a turn. */
  turn(): number;
  /** What is cached and not forgotten, else a read that concurrent callers share. */
  find(id: string): Promise<R | undefined>;
  /** What was read after the turn: from the cache, by joining a read that is under way, or by a new one. */
  readSince(id: string, turn: number): Promise<R | undefined>;
  /** Makes everything read so far stale; returns whether there was anything. */
  forget(): boolean;
}

interface Reading<R> {
  readonly turn: number;
  readonly result: Promise<R | undefined>;
}

/** At most one read of an id is under way and one more is waiting, however many callers want it. */
export function createRecordCache<R extends object>(
  maxEntries: number,
  load: (id: string) => Promise<R | undefined>,
): RecordCache<R> {
  const entries = new LRUCache<string, { readonly turn: number; readonly record: R }>({
    max: maxEntries,
  });
  const readings = new Map<string, Reading<R>>();
  const waiting = new Map<string, Promise<R | undefined>>();
  let turns = 0;
  let forgottenAt = 0;

  const start = (id: string): Promise<R | undefined> => {
    const turn = ++turns;
    const result = load(id)
      .then((record) => {
        // Absence is not remembered: an agent that was just created is known at once.
        if (record === undefined) entries.delete(id);
        else entries.set(id, { turn, record });
        return record;
      })
      .finally(() => {
        readings.delete(id);
      });
    readings.set(id, { turn, result });
    return result;
  };

  const startAfter = (id: string, reading: Reading<R>): Promise<R | undefined> => {
    const next = (): Promise<R | undefined> => {
      waiting.delete(id);
      return start(id);
    };
    const result = reading.result.then(next, next);
    waiting.set(id, result);
    return result;
  };

  const readSince = (id: string, turn: number): Promise<R | undefined> => {
    const entry = entries.get(id);
    if (entry !== undefined && entry.turn > turn) return Promise.resolve(entry.record);
    const reading = readings.get(id);
    if (reading !== undefined && reading.turn > turn) return reading.result;
    const next = waiting.get(id);
    if (next !== undefined) return next;
    return reading === undefined ? start(id) : startAfter(id, reading);
  };

  return {
    turn: () => ++turns,
    async find(id) {
      const entry = entries.get(id);
      if (entry !== undefined && entry.turn > forgottenAt) return entry.record;
      const turn = ++turns;
      const joinsEarlierRead = (readings.get(id)?.turn ?? 0) > forgottenAt;
      const record = await readSince(id, forgottenAt);
      // A read that was under way may have missed a record created since: absence counts only from a later one.
      return record === undefined && joinsEarlierRead ? readSince(id, turn) : record;
    },
    readSince: (id, turn) => readSince(id, Math.max(turn, forgottenAt)),
    forget() {
      forgottenAt = ++turns;
      return entries.size > 0;
    },
  };
}
