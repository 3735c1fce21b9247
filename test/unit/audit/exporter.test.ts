import { expect } from 'chai';
import fc from 'fast-check';
import { join } from 'node:path';
import { exportStreams } from '../../../src/audit/exporter.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { StreamEntry } from '../../../src/domain/worker-ports.js';
import { entry, event, FakeStreams, MemorySink, scratchFolder } from './fakes.js';

class Crash extends Error {}

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

function stored(store: AuditStore, type?: string): readonly string[] {
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

describe('audit exporter', () => {
  const scratch = scratchFolder();
  let files = 0;
  let store: AuditStore;
  let streams: FakeStreams;
  let sink: MemorySink;
  const open = (): AuditStore => openAuditStore(join(scratch.folder, `export${String(files)}.db`));

  beforeEach(() => {
    files++;
    store = open();
    streams = new FakeStreams();
    sink = new MemorySink('memory');
  });
  afterEach(() => {
    store.close();
  });
  after(() => {
    scratch.remove();
  });

  it('moves all streams to the store and the sinks, in batches, and trims them', async () => {
    streams.of(0).push(entry(1), entry(2), entry(3), entry(4), entry(5));
    streams.of('control').push(entry(9, [event({ request_id: 'x' }), event({ request_id: 'y' })]));
    expect(await exportStreams(streams, store, [sink], { batch: 2 })).to.equal(7);
    expect(stored(store)).to.have.members(['req_1', 'req_2', 'req_3', 'req_4', 'req_5', 'x', 'y']);
    expect(sink.ids()).to.have.members(stored(store));
    expect([...streams.entries.values()].flat()).to.deep.equal([]);
    expect(await exportStreams(streams, store, [sink], { batch: 2 })).to.equal(0);
    expect(sink.lines).to.have.length(7);
  });

  it('stops at its bound and goes on at the next call', async () => {
    streams.of(0).push(entry(1), entry(2), entry(3));
    const options = { batch: 1, maxBatches: 2 };
    expect(await exportStreams(streams, store, [], options)).to.equal(2);
    expect(await exportStreams(streams, store, [], options)).to.equal(1);
  });

  it('refuses streams that another store has claimed, and touches nothing', async () => {
    streams.owner = 'another';
    streams.of(0).push(entry(1));
    const refused = await exportStreams(streams, store, [sink], { batch: 10 }).catch(
      (error: unknown) => error,
    );
    expect(String(refused)).to.contain('exported to another audit store');
    expect(stored(store)).to.deep.equal([]);
    expect(streams.of(0)).to.have.length(1);
  });

  it('goes on without a sink that fails, tells of it once, and gives it the events later', async () => {
    const failures: string[] = [];
    const broken = new MemorySink('broken');
    broken.onStep = () => {
      throw new Error('disk full');
    };
    streams.of(0).push(entry(1), entry(2), entry(3));
    const options = { batch: 1, onSinkError: (name: string) => failures.push(name) };
    await exportStreams(streams, store, [broken, sink], options);
    expect(failures).to.deep.equal(['broken']);
    expect(sink.lines).to.have.length(3);
    expect(streams.of(0)).to.deep.equal([]);
    broken.onStep = () => undefined;
    await exportStreams(streams, store, [broken, sink], options);
    expect(broken.ids()).to.deep.equal(['req_1', 'req_2', 'req_3']);
    expect(sink.lines).to.have.length(3);
  });

  it('starts a sink for the next events at the next event, also in a new store', async () => {
    const fresh = new MemorySink('stdout', 'next');
    streams.of(0).push(entry(1));
    await exportStreams(streams, store, [fresh], { batch: 10 });
    const late = new MemorySink('late', 'next');
    streams.of(0).push(entry(2));
    await exportStreams(streams, store, [fresh, late], { batch: 10 });
    expect(fresh.ids()).to.deep.equal(['req_1', 'req_2']);
    expect(late.ids()).to.deep.equal(['req_2']);
  });

  it('reads a stream from its start when a restored store wrote below the cursor', async () => {
    streams.of(0).push(entry(1), entry(2), entry(8));
    await exportStreams(streams, store, [], { batch: 10 });
    const e2 = { epoch: 'e2', tickMs: 500 };
    streams.entries.set(0, [entry(3, [event({ request_id: 'low' })], e2)]);
    await exportStreams(streams, store, [], { batch: 10 });
    expect(stored(store)).to.have.members(['req_1', 'req_2', 'req_8', 'low', 'gap']);
    expect(stored(store, 'audit.gap')).to.have.length(1);
  });

  it('reads a stream from its start when only the later events of a new epoch are above the cursor', async () => {
    streams.of(0).push(entry(1), entry(8));
    await exportStreams(streams, store, [], { batch: 10 });
    streams.entries.set(0, [
      entry(9, [event({ request_id: 'low' })], { epoch: 'e2', tickMs: 500 }),
      entry(10, [event({ request_id: 'high' })], { epoch: 'e2', tickMs: 5_000 }),
    ]);
    await exportStreams(streams, store, [], { batch: 1 });
    expect(stored(store)).to.have.members(['req_1', 'req_8', 'low', 'high']);
  });

  it('trims what a crash between commit and trim left in a stream that is quiet since', async () => {
    streams.of(0).push(entry(1));
    streams.onStep = (step) => {
      if (step === 'before trim') throw new Crash();
    };
    await exportStreams(streams, store, [], { batch: 1 }).catch(() => undefined);
    expect(streams.of(0)).to.have.length(1);
    streams.onStep = () => undefined;
    await exportStreams(streams, store, [], { batch: 1 });
    expect(streams.of(0)).to.deep.equal([]);
  });

  it('doubles and loses nothing when two exporters run at once', async () => {
    const second = open();
    for (let seq = 1; seq <= 40; seq++) streams.of(0).push(entry(seq));
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        [store, second].map((one) => exportStreams(streams, one, [], { batch: 3 })),
      );
    }
    second.close();
    expect(stored(store)).to.deep.equal(
      Array.from({ length: 40 }, (_, i) => `req_${String(i + 1)}`),
    );
  });

  const step = fc.oneof(
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
  class World {
    readonly written = new Set<string>();
    readonly backups: { entries: readonly StreamEntry[]; seq: number; tick: number }[] = [];
    seq = 0;
    tick = 1_000;
    epoch = 0;
    label = 0;

    append(count: number, several: boolean): void {
      const { seq, tick } = this;
      this.backups.push({ entries: streams.of(0).slice(), seq, tick });
      for (let i = 0; i < count; i++) {
        const names = Array.from({ length: several ? 2 : 1 }, () => `w${String(this.label++)}`);
        for (const name of names) this.written.add(name);
        const events = names.map((name) => event({ request_id: name }));
        this.seq += 1 + (this.label % 3);
        this.tick += this.label % 2;
        const place = { epoch: `e${String(this.epoch)}`, tickMs: this.tick };
        streams.of(0).push(entry(this.seq, events, place));
      }
    }

    async export(crashAt: number | null, batch: number): Promise<void> {
      let left = crashAt ?? Infinity;
      const onStep = (): void => {
        if (--left === 0) throw new Crash();
      };
      streams.onStep = onStep;
      sink.onStep = onStep;
      try {
        const onSinkError = (_: string, error: unknown): void => {
          throw error;
        };
        await exportStreams(streams, crashing(store, onStep), [sink], { batch, onSinkError });
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        store.close();
        store = open();
      }
    }

    /** A restart, or a restore of the state of `back` appends ago. */
    restart(back: number, clock: number): void {
      this.epoch++;
      const backup = back === 0 ? undefined : this.backups.at(-back);
      if (backup !== undefined) {
        const inStore = new Set(stored(store));
        streams.entries.set(0, backup.entries.slice());
        const kept = new Set(
          backup.entries.flatMap((item) => item.events.map((one) => one.request_id)),
        );
        for (const name of this.written) {
          if (!inStore.has(name) && !kept.has(name)) this.written.delete(name);
        }
        this.seq = backup.seq;
        this.tick = backup.tick;
        this.backups.length = 0;
      }
      // The tick never goes back within what is left of the state, but it may be far below the cursor.
      this.tick += clock;
    }
  }

  it('loses and doubles nothing, wherever it crashes and whatever the streams went back to', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        files++;
        store.close();
        store = open();
        streams = new FakeStreams([0]);
        sink = new MemorySink('memory');
        const world = new World();
        for (const one of steps) {
          if (one.do === 'append') world.append(one.count, one.several);
          else if (one.do === 'export') await world.export(one.crashAt, one.batch);
          else world.restart(one.back, one.clock);
        }
        await world.export(null, 2);
        await world.export(null, 2);
        const found = stored(store).filter((name) => name !== 'gap');
        expect(found.toSorted()).to.deep.equal([...world.written].toSorted());
        expect(new Set(sink.ids().filter((name) => name !== 'gap'))).to.deep.equal(world.written);
        expect(streams.of(0)).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  }).timeout(60_000);
});
