import fc from 'fast-check';
import { exportStreams } from '../../../src/audit/exporter.js';
import type { AuditStore } from '../../../src/audit/store.js';
import type { StreamEntry } from '../../../src/domain/worker-ports.js';
import { entry, event, FakeStreams, MemorySink } from './fakes.js';

/** Thrown where a run is to end as if it had been killed. */
export class Crash extends Error {}

/** The store, with crash points around its commit. */
function crashing(store: AuditStore, onStep: (step: string) => void): AuditStore {
  return {
    ...store,
    appendBatch: (...args) => {
      onStep('before commit');
      const appended = store.appendBatch(...args);
      onStep('after commit');
      return appended;
    },
    moveSink: (...args) => {
      onStep('before sink position');
      store.moveSink(...args);
      onStep('after sink position');
    },
  };
}

/** The request ids of all events in the store; 'gap' for a gap. */
export function stored(store: AuditStore, type?: string): readonly string[] {
  const filter = type === undefined ? {} : { type };
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = store.query({ ...filter, cursor, limit: 500, order: 'asc' });
    found.push(...page.items.map((item) => item.request_id ?? 'gap'));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
}

/** What happens to one stream of a Redis, and to the worker that exports it. */
export type Step =
  | { readonly do: 'append'; readonly count: number; readonly several: boolean }
  | { readonly do: 'export'; readonly crashAt: number | null; readonly batch: number }
  | { readonly do: 'restart'; readonly back: number; readonly clock: number };

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      count: fc.integer({ min: 1, max: 4 }),
      several: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('export' as const),
      crashAt: fc.option(fc.integer({ min: 1, max: 25 })),
      batch: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('restart' as const),
      back: fc.integer({ min: 0, max: 3 }),
      clock: fc.integer({ min: 0, max: 8 }),
    }),
  },
);

/** The Redis and the worker of one run, with what must be found at its end. */
export class World {
  readonly streams = new FakeStreams([0]);
  readonly sink = new MemorySink('memory');
  store: AuditStore;
  readonly written = new Set<string>();
  readonly backups: { entries: readonly StreamEntry[]; seq: number; tick: number }[] = [];
  seq = 0;
  tick = 1_000;
  epoch = 0;
  label = 0;

  constructor(readonly open: () => AuditStore) {
    this.store = open();
  }

  async run(one: Step): Promise<void> {
    if (one.do === 'append') this.append(one.count, one.several);
    else if (one.do === 'export') await this.export(one.crashAt, one.batch);
    else this.restart(one.back, one.clock);
  }

  append(count: number, several: boolean): void {
    const { seq, tick } = this;
    this.backups.push({ entries: this.streams.of(0).slice(), seq, tick });
    for (let i = 0; i < count; i++) {
      const names = Array.from({ length: several ? 2 : 1 }, () => `w${String(this.label++)}`);
      for (const name of names) this.written.add(name);
      const events = names.map((name) => event({ request_id: name }));
      this.seq += 1 + (this.label % 3);
      this.tick += this.label % 2;
      const place = { epoch: `e${String(this.epoch)}`, tickMs: this.tick };
      this.streams.of(0).push(entry(this.seq, events, place));
    }
  }

  async export(crashAt: number | null, batch: number): Promise<void> {
    let left = crashAt ?? Infinity;
    const onStep = (): void => {
      if (--left === 0) throw new Crash();
    };
    this.streams.onStep = onStep;
    this.sink.onStep = onStep;
    try {
      const onSinkError = (_: string, error: unknown): void => {
        throw error;
      };
      await exportStreams(this.streams, crashing(this.store, onStep), [this.sink], {
        batch,
        onSinkError,
      });
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.store.close();
      this.store = this.open();
    }
  }

  /**
   * A restart, or a restore of the state before the last `back` appends. Backups outlive a restore: the next one
   * may go further back, or to a state of the history that was left. Each begins an epoch, as in Redis.
   * Between exports only: that Redis is replaced after a commit and before its trim is not in this model.
   */
  restart(back: number, clock: number): void {
    this.epoch++;
    const backup = back === 0 ? undefined : this.backups.at(-back);
    if (backup !== undefined) {
      this.streams.entries.set(0, backup.entries.slice());
      this.seq = backup.seq;
      this.tick = backup.tick;
      // What was neither exported nor is in the backup is lost with Redis; what the backup has is back.
      const inStore = new Set(stored(this.store));
      for (const name of this.written) if (!inStore.has(name)) this.written.delete(name);
      const events = backup.entries.flatMap((item) => item.events);
      for (const { request_id: name } of events) if (name !== undefined) this.written.add(name);
    }
    // The tick never goes back within what is left of the state, but it may be far below the cursor.
    this.tick += clock;
  }
}

/** Found by the property: the restored stream ended in the very id of the cursor, and was trimmed unread. */
export const SAME_ID_AGAIN: readonly Step[] = [
  { do: 'append', count: 3, several: true },
  { do: 'export', crashAt: null, batch: 1 },
  { do: 'restart', back: 1, clock: 0 },
  { do: 'append', count: 3, several: true },
  { do: 'restart', back: 0, clock: 0 },
  { do: 'export', crashAt: null, batch: 1 },
  { do: 'append', count: 1, several: false },
];
