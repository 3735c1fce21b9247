import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exportStreams } from '../../../src/audit/exporter.js';
import { createAuditOperations } from '../../../src/audit/operations.js';
import { openAuditReader, type AuditReader } from '../../../src/audit/reader.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditPage, AuditQuery } from '../../../src/domain/audit-query.js';
import { entry, event, FakeStreams, inTurn, READING, scratchFolder } from './fakes.js';

const QUERY: AuditQuery = { cursor: undefined, limit: 100, order: 'asc' };

describe('audit operations', () => {
  const scratch = scratchFolder();
  let files = 0;
  let path: string;
  let streams: FakeStreams;
  let reader: AuditReader;
  let store: AuditStore | undefined;
  let slept: number;
  let whileWaiting: () => Promise<unknown>;

  beforeEach(() => {
    path = join(scratch.folder, `operations${String(files++)}.db`);
    streams = new FakeStreams();
    reader = openAuditReader(path);
    store = undefined;
    slept = 0;
    whileWaiting = () => Promise.resolve();
  });
  afterEach(() => {
    reader.close();
    store?.close();
  });
  after(() => {
    scratch.remove();
  });

  /** Queries with a clock that only moves when the query sleeps. */
  const query = (members: Partial<AuditQuery> = {}): Promise<AuditPage> =>
    createAuditOperations(streams, inTurn(reader), {
      waitMs: 2_000,
      pollMs: 100,
      nowMs: () => slept,
      sleep: async (ms) => {
        slept += ms;
        await whileWaiting();
      },
    }).query({ ...QUERY, ...members }, READING);
  const runWorker = (): Promise<number> => {
    store ??= openAuditStore(path);
    return exportStreams(streams, store, [], { batch: 10 });
  };

  it('answers at once, empty and complete, when nothing ever happened', async () => {
    expect(await query()).to.deep.equal({ items: [], nextCursor: undefined, complete: true });
    expect(existsSync(path)).to.equal(false);
  });

  it('waits two seconds for a worker that is not there, then says that it is incomplete', async () => {
    streams.of(0).push(entry(1));
    const page = await query();
    expect(page).to.deep.equal({ items: [], nextCursor: undefined, complete: false });
    expect(slept).to.equal(2_000);
  });

  it('shows what was written before the call once the worker has stored it', async () => {
    streams.of(0).push(entry(1));
    streams.of('control').push(entry(4, [event({ request_id: 'c' })]));
    whileWaiting = () => (slept === 300 ? runWorker() : Promise.resolve());
    const page = await query();
    expect(page.complete).to.equal(true);
    expect(page.items.map((item) => item.request_id)).to.deep.equal(['req_1', 'c']);
    expect(slept).to.equal(300);
  });

  it('does not wait for what is written after the call', async () => {
    streams.of(0).push(entry(1));
    await runWorker();
    streams.of(0).push(entry(2));
    whileWaiting = async () => {
      await runWorker();
      streams.of(0).push(entry(2 + slept));
    };
    expect((await query()).complete).to.equal(true);
    expect(slept).to.equal(100);
  });

  it('is not complete while entries that a restored store wrote below the cursor are not read', async () => {
    streams.of(0).push(entry(1), entry(8));
    await runWorker();
    streams.entries.set(0, [entry(3, undefined, { epoch: 'e2', tickMs: 500 })]);
    expect((await query()).complete).to.equal(false);
    await runWorker();
    expect((await query()).complete).to.equal(true);
  });

  it('is not complete while a restored store has given the id of the cursor to another entry', async () => {
    streams.of(0).push(entry(8));
    await runWorker();
    streams.of(0).push(entry(8, [event({ request_id: 'again' })], { epoch: 'e2' }));
    expect((await query()).complete).to.equal(false);
    await runWorker();
    const page = await query();
    expect(page.items.map((item) => item.request_id)).to.include('again');
  });

  it('returns the stored events as incomplete when Redis is unavailable', async () => {
    streams.of(0).push(entry(1));
    await runWorker();
    streams.onStep = () => {
      throw new Error('connection refused');
    };
    const page = await query();
    expect(page.complete).to.equal(false);
    expect(page.items).to.have.length(1);
  });

  it('refuses a bad cursor or limit without waiting', async () => {
    streams.of(0).push(entry(1));
    for (const bad of [{ cursor: 'x' }, { limit: 0 }]) {
      const refused = await query(bad).catch((error: unknown) => error);
      expect(refused).to.have.property('code', 'invalid_request');
    }
    expect(slept).to.equal(0);
  });

  it('settle: wait for the worker, and then read nothing', async () => {
    streams.of(0).push(entry(1));
    const reading = { ...reader, of: () => expect.fail('it takes a turn') };
    const waiting = { waitMs: 2_000, pollMs: 100, nowMs: () => slept };
    const audit = createAuditOperations(streams, reading, {
      ...waiting,
      sleep: async (ms) => {
        slept += ms;
        await runWorker();
      },
    });
    expect(await audit.settle()).to.equal(true);
    expect(slept).to.equal(100);
  });

  it('answers 503 and tells nothing when the store is no database', async () => {
    store = openAuditStore(path);
    const { writeFileSync } = await import('node:fs');
    const junk = join(scratch.folder, 'junk.db');
    writeFileSync(junk, 'not a database, really. '.repeat(100));
    const broken = createAuditOperations(streams, inTurn(openAuditReader(junk)));
    const failed = await broken.query(QUERY, READING).catch((error: unknown) => error);
    expect(failed).to.include({ code: 'temporarily_unavailable', detail: 'Nothing was granted.' });
  });
});
