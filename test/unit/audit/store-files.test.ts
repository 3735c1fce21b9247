import { expect } from 'chai';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openReadable } from '../../../src/audit/database.js';
import { exportStreams } from '../../../src/audit/exporter.js';
import { openAuditReader } from '../../../src/audit/reader.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import { StoreLost } from '../../../src/audit/store-files.js';
import { storeLocks, type StoreFile } from '../../support/store-locks.js';
import { stored } from './exporter-world.js';
import { entry, event, FakeStreams, scratchFolder } from './fakes.js';

const FILES: readonly StoreFile[] = ['', '-wal', '-shm'];
const ROOT = new URL('../../../', import.meta.url);

/** Opens the store in another process, reads it and closes it. */
function openElsewhere(path: string): void {
  const script = `const Libsql = require('libsql'); const store = new Libsql(process.argv[1]);
    store.prepare('SELECT count(*) FROM events').all([]); store.close();`;
  execFileSync(process.execPath, ['-e', script, path], { cwd: ROOT });
}

describe('the files of the audit store', function () {
  this.timeout(30_000);
  const scratch = scratchFolder();
  let files = 0;
  let path: string;
  let store: AuditStore;
  let streams: FakeStreams;
  beforeEach(() => {
    path = join(scratch.folder, `store${String(files++)}.db`);
    store = openAuditStore(path, { endpoints: ['soc'] });
    streams = new FakeStreams([0]);
  });
  afterEach(() => {
    store.close();
  });
  after(() => {
    scratch.remove();
  });

  const run = (one = store): Promise<unknown> =>
    exportStreams(streams, one, [], { batch: 10 }).catch((error: unknown) => error);

  for (const file of FILES) {
    for (const how of ['removed', 'replaced'] as const) {
      it(`audit.db${file} ${how} under the worker: the streams keep every event`, async () => {
        streams.of(0).push(entry(1));
        expect(await run()).to.equal(1);
        rmSync(path + file);
        if (how === 'replaced') writeFileSync(path + file, '');
        expect(await run(), 'seen when nothing waits').to.be.instanceOf(StoreLost);
        streams.of(0).push(entry(2), entry(3));
        const failure = await run();
        expect(failure).to.be.instanceOf(StoreLost);
        expect(String(failure)).to.contain(`${path}${file} was ${how}`).and.contain('runbooks');
        expect(streams.of(0).map(({ seq }) => seq)).to.deep.equal([2, 3]);
      });

      it(`audit.db${file} ${how} between the commit and the trim: the stream keeps the batch`, async () => {
        const losing: AuditStore = {
          ...store,
          checkpoint: () => {
            store.checkpoint();
            rmSync(path + file);
            if (how === 'replaced') writeFileSync(path + file, '');
          },
        };
        streams.of(0).push(entry(1));
        expect(await run(losing)).to.be.instanceOf(StoreLost);
        expect(streams.of(0)).to.have.length(1);
      });
    }
  }

  it('trimmed events are in the database file itself, not only in its WAL', async () => {
    streams.of(0).push(entry(1), entry(2));
    await run();
    expect(streams.of(0)).to.deep.equal([]);
    // By another process: a descriptor of this one would end its locks.
    execFileSync('cp', [path, `${path}.copy`]);
    const copy = openAuditStore(`${path}.copy`);
    expect(stored(copy)).to.deep.equal(['req_1', 'req_2']);
    copy.close();
  });

  it('lost: no webhook is sent or recorded, no sink moves', () => {
    const told = event({ type: 'revocation.applied', detail: { by: 'agent', value: 'crawler' } });
    store.appendBatch(0, undefined, [entry(1, [told])], { epoch: 'e1', streamId: '1001-1' });
    const [id = ''] = store.deliveries.pending(1);
    rmSync(`${path}-wal`);
    expect(() => store.deliveries.find(id)).to.throw(StoreLost);
    expect(() => store.deliveries.pending(1)).to.throw(StoreLost);
    expect(() => store.deliveries.reset(id, 1)).to.throw(StoreLost);
    expect(() => {
      store.moveSink('file', 1);
    }).to.throw(StoreLost);
  });

  it('property: no event is lost to files that go and come back between and during exports', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('export' as const) }),
      fc.record({ do: fc.constant('away' as const), file: fc.constantFrom(...FILES) }),
      fc.record({ do: fc.constant('back' as const) }),
      fc.record({ do: fc.constant('restart' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const at = join(scratch.folder, `property${String(files++)}.db`);
        const queue = new FakeStreams([0]);
        let one = openAuditStore(at);
        let seq = 0;
        let away: StoreFile | undefined;
        const back = (): void => {
          if (away !== undefined) renameSync(`${at}${away}.away`, at + away);
          away = undefined;
        };
        for (const now of steps) {
          if (now.do === 'append') {
            for (let i = 0; i < now.count; i++) queue.of(0).push(entry(++seq));
          } else if (now.do === 'away') {
            back();
            away = now.file;
            renameSync(at + away, `${at}${away}.away`);
          } else if (now.do === 'back') back();
          else if (now.do === 'restart') {
            back();
            one.close();
            one = openAuditStore(at);
          } else {
            const before = queue.of(0).length;
            const failure = await exportStreams(queue, one, [], { batch: 2 }).catch(
              (error: unknown) => error,
            );
            expect(failure instanceof StoreLost).to.equal(away !== undefined);
            if (away !== undefined) expect(queue.of(0)).to.have.length(before);
          }
        }
        back();
        one.close();
        one = openAuditStore(at);
        const kept = queue.of(0).flatMap(({ events }) => events.map((item) => item.request_id));
        const everything = [...stored(one), ...kept];
        one.close();
        const written = Array.from({ length: seq }, (_, i) => `req_${String(i + 1)}`);
        expect([...new Set(everything)]).to.have.members(written);
      }),
      { numRuns: 60 },
    );
  });

  it('are opened by SQLite alone: the locks stay when a store, a reader and a thread open and close it', async function () {
    if (process.platform !== 'linux') this.skip();
    const held = storeLocks(process.pid, path);
    expect(held).to.have.length(2);
    const locks = (): readonly string[] => storeLocks(process.pid, path);
    openAuditStore(path).close();
    expect(locks(), 'a second store').to.deep.equal(held);
    const reader = openAuditReader(path);
    reader.listDeliveries({ cursor: undefined, limit: 1 });
    reader.close();
    expect(locks(), 'a reader').to.deep.equal(held);
    await readInThread(path);
    expect(locks(), 'a thread').to.deep.equal(held);
    openElsewhere(path);
    expect(locks(), 'another process').to.deep.equal(held);
    expect(existsSync(`${path}-wal`)).to.equal(true);
    streams.of(0).push(entry(1));
    expect(await run()).to.equal(1);
  });

  it("control: a second descriptor ends SQLite's locks, another process deletes the WAL, and nothing is trimmed", async function () {
    if (process.platform !== 'linux') this.skip();
    closeSync(openSync(path, 'r'));
    expect(storeLocks(process.pid, path)).to.have.length(1);
    openElsewhere(path);
    expect(existsSync(`${path}-wal`)).to.equal(false);
    streams.of(0).push(entry(1));
    expect(await run()).to.be.instanceOf(StoreLost);
    expect(streams.of(0)).to.have.length(1);
  });

  it('belong to one copy of the library, in every thread', async function () {
    if (process.platform !== 'linux') this.skip();
    await readInThread(path);
    const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
    const libraries = maps.flatMap((line) => /\/\S*libsql\S*\.node$/.exec(line)?.[0] ?? []);
    expect(new Set(libraries).size).to.equal(1);
    const lock = readFileSync(new URL('package-lock.json', ROOT), 'utf8');
    const { packages } = JSON.parse(lock) as { packages: Record<string, unknown> };
    const copies = Object.keys(packages).filter((name) =>
      /(^|\/)(libsql|better-sqlite3|sqlite3)$/.test(name),
    );
    expect(copies).to.deep.equal(['node_modules/libsql']);
  });

  it('a reader cannot write, whatever it asks', () => {
    const database = openReadable(path);
    expect(() => {
      database.run('DELETE FROM events');
    }).to.throw(/readonly|read-only/);
    database.exec('PRAGMA query_only = 0');
    expect(() => {
      database.run('DELETE FROM events');
    }).to.throw(/readonly|read-only/);
    database.close();
  });

  describe('a reader', () => {
    const row = { cursor: undefined, limit: 10, order: 'asc' } as const;
    const ids = (reader: ReturnType<typeof openAuditReader>): readonly unknown[] =>
      reader.query(row).items.map((item) => item.request_id);

    it('reads on what was removed, and reports it', async () => {
      streams.of(0).push(entry(1));
      await run();
      const reader = openAuditReader(path);
      expect(ids(reader)).to.deep.equal(['req_1']);
      expect(reader.lost()).to.equal(undefined);
      rmSync(path);
      expect(ids(reader)).to.deep.equal(['req_1']);
      expect(reader.lost()).to.contain('was removed');
      reader.close();
    });

    it('opens the store that has replaced the one it had open', async () => {
      const other = `${path}.other`;
      const another = openAuditStore(other);
      another.appendBatch(0, undefined, [entry(7)], { epoch: 'e1', streamId: '1007-7' });
      another.close();
      const reader = openAuditReader(path);
      expect(ids(reader)).to.deep.equal([]);
      for (const file of FILES) rmSync(path + file, { force: true });
      execFileSync(process.execPath, ['-e', COPY, other, path], { cwd: ROOT });
      expect(ids(reader)).to.deep.equal(['req_7']);
      expect(reader.storeId()).to.equal(another.storeId);
      reader.close();
    });

    it('does not read a new WAL by the index of the old one', () => {
      const reader = openAuditReader(path);
      ids(reader);
      rmSync(`${path}-wal`);
      writeFileSync(`${path}-wal`, '');
      expect(() => ids(reader)).to.throw(StoreLost, 'restarted');
      reader.close();
    });
  });
});

/** A consistent copy, made by another process. */
const COPY = `const Libsql = require('libsql'); const [, from, to] = process.argv;
  const store = new Libsql(from); store.prepare('VACUUM INTO ?').run([to]); store.close();`;

async function readInThread(path: string): Promise<void> {
  const script = `const Libsql = require('libsql'); const { workerData } = require('node:worker_threads');
    const store = new Libsql(workerData); store.prepare('SELECT count(*) FROM events').all([]); store.close();`;
  const thread = new Worker(script, { eval: true, workerData: path });
  await new Promise((resolve, reject) => {
    thread.once('exit', resolve);
    thread.once('error', reject);
  });
}
