import { expect } from 'chai';
import fc from 'fast-check';
import { join } from 'node:path';
import { exportStreams } from '../../../src/audit/exporter.js';
import { LinesMissing } from '../../../src/audit/line-file.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditStreams } from '../../../src/domain/worker-ports.js';
import { entry, event, FakeStreams, MemorySink, scratchFolder } from './fakes.js';
import { Crash, SAME_ID_AGAIN, step, stored, World } from './exporter-world.js';

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

  it('stops at its bound and continues at the next call', async () => {
    streams.of(0).push(entry(1), entry(2), entry(3));
    const options = { batch: 1, maxBatches: 2 };
    expect(await exportStreams(streams, store, [], options)).to.equal(2);
    expect(await exportStreams(streams, store, [], options)).to.equal(1);
  });

  it('ends after the batch in which the worker stops, and continues at the next call', async () => {
    for (const shard of [0, 'control'] as const) {
      for (let seq = 1; seq <= 50; seq++) streams.of(shard).push(entry(seq));
    }
    const stop = new AbortController();
    sink.onStep = () => {
      stop.abort();
    };
    const failed: string[] = [];
    const onSinkError = (name: string): void => void failed.push(name);
    const options = { batch: 10, onSinkError };
    const exported = await exportStreams(streams, store, [sink], {
      ...options,
      stopping: stop.signal,
    });
    expect(exported, 'events of the first batch').to.equal(10);
    expect(streams.of(0).length + streams.of('control').length).to.equal(90);
    expect(failed).to.deep.equal([]);
    sink.onStep = () => undefined;
    expect(await exportStreams(streams, store, [sink], options)).to.equal(90);
    expect(sink.ids()).to.have.members(stored(store));
  });

  it('writes a new sink no more of a large store than a batch once the worker stops', async () => {
    for (let seq = 1; seq <= 1200; seq++) streams.of(0).push(entry(seq));
    await exportStreams(streams, store, [], { batch: 1200 });
    const stop = new AbortController();
    const late = new MemorySink('late');
    late.onStep = () => {
      stop.abort();
    };
    await exportStreams(streams, store, [late], { batch: 10, stopping: stop.signal });
    expect(late.lines.length, 'lines of the first write').to.equal(500);
    late.onStep = () => undefined;
    await exportStreams(streams, store, [late], { batch: 10 });
    expect(late.ids()).to.have.members(stored(store));
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

  it('continues without a failed sink, reports it once, and delivers its events later', async () => {
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

  it('writes the lines again that a sink reports as missing, and reports one that never stops', async () => {
    const failures: string[] = [];
    const options = { batch: 10, onSinkError: (name: string) => failures.push(name) };
    streams.of(0).push(entry(1), entry(2), entry(3));
    await exportStreams(streams, store, [sink], options);
    let missing = 1;
    sink.follow = () =>
      missing-- > 0 ? Promise.reject(new LinesMissing('file', 2)) : Promise.resolve();
    await exportStreams(streams, store, [sink], options);
    expect(sink.ids()).to.deep.equal(['req_1', 'req_2', 'req_3', 'req_2', 'req_3']);
    expect(failures).to.deep.equal([]);
    missing = Infinity;
    await exportStreams(streams, store, [sink], options);
    expect(failures).to.deep.equal(['memory']);
    expect(sink.lines).to.have.length(5);
    missing = 0;
    await exportStreams(streams, store, [sink], options);
    expect(sink.ids().slice(5), 'nothing is lost').to.deep.equal(['req_1', 'req_2', 'req_3']);
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

  it('exports what a restored store wrote under the very id of the cursor', async () => {
    streams.of(0).push(entry(8));
    await exportStreams(streams, store, [], { batch: 10 });
    const e2 = { epoch: 'e2' };
    streams.of(0).push(entry(3, undefined, e2), entry(8, [event({ request_id: 'again' })], e2));
    await exportStreams(streams, store, [], { batch: 10 });
    expect(stored(store)).to.have.members(['req_8', 'req_3', 'again', 'gap']);
  });

  it('reads each entry once when nothing crashes, also while a sink fails', async () => {
    const broken = new MemorySink('broken');
    broken.onStep = () => {
      throw new Error('disk full');
    };
    let read = 0;
    const counting: AuditStreams = {
      names: streams.names,
      claim: (storeId) => streams.claim(storeId),
      tips: () => streams.tips(),
      trimThrough: (...args) => streams.trimThrough(...args),
      read: async (...args) => {
        const entries = await streams.read(...args);
        read += entries.length;
        return entries;
      },
    };
    for (let seq = 1; seq <= 30; seq++) {
      streams.of(0).push(entry(seq));
      if (seq % 5 === 0) await exportStreams(counting, store, [broken], { batch: 2 });
    }
    expect(read).to.equal(30);
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

  it('loses and doubles nothing, wherever it crashes and whatever the streams went back to', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        files++;
        store.close();
        const world = new World(open);
        try {
          for (const one of steps) await world.run(one);
          await world.export(null, 2);
          await world.export(null, 2);
        } finally {
          store = world.store;
        }
        const found = stored(store).filter((name) => name !== 'gap');
        expect(found.toSorted()).to.deep.equal([...world.written].toSorted());
        const sunk = new Set(world.sink.ids().filter((name) => name !== 'gap'));
        expect(sunk).to.deep.equal(world.written);
        expect(world.streams.of(0)).to.deep.equal([]);
      }),
      { numRuns: 60, examples: [[[...SAME_ID_AGAIN]]] },
    );
  }).timeout(60_000);
});
