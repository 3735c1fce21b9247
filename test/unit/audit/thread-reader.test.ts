import { expect } from 'chai';
import { join } from 'node:path';
import { openWritable } from '../../../src/audit/database.js';
import { createAuditOperations } from '../../../src/audit/operations.js';
import { openAuditReader } from '../../../src/audit/reader.js';
import { openAuditStore } from '../../../src/audit/store.js';
import { openThreadReader, type ThreadReader } from '../../../src/audit/thread-reader.js';
import type { AuditQuery } from '../../../src/domain/audit-query.js';
import { CountersignError } from '../../../src/domain/errors.js';
import { entry, event, FakeStreams, scratchFolder } from './fakes.js';

const EVENTS = 60_000;
const QUERY: AuditQuery = { cursor: undefined, limit: 500, order: 'desc' };
/** Matches no event: a half has the session, the other one the task. It reads all of a half. */
const FRUITLESS: AuditQuery = { ...QUERY, sessionId: 's', taskId: 't' };

describe('the reader thread of the audit store', function () {
  this.timeout(120_000);
  const scratch = scratchFolder();
  const path = join(scratch.folder, 'thread.db');
  const readers: ThreadReader[] = [];
  const readerWith = (limits: Parameters<typeof openThreadReader>[1] = {}): ThreadReader => {
    const reader = openThreadReader(path, limits);
    readers.push(reader);
    return reader;
  };
  before(() => {
    const store = openAuditStore(path, { endpoints: ['soc'] });
    const one = event({ agent_id: 'busy', session_id: 's', decision_id: 'dec_1' });
    const other = event({ agent_id: 'busy', task_id: 't' });
    const events = Array.from({ length: 1000 }, (_, n) => (n % 2 === 0 ? one : other));
    store.appendBatch(0, undefined, [entry(1, events)], { epoch: 'e1', streamId: '1001-1' });
    store.close();
    repeat(EVENTS / 1000 - 1);
  });

  /** Copies the first batch into further ones: much cheaper than to append them. */
  function repeat(times: number): void {
    const database = openWritable(path);
    const names = database.all('PRAGMA table_info(events)').map(({ name }) => String(name));
    const columns = names.filter((name) => name !== 'id');
    const values = columns.map((name) =>
      name === 'seq' || name === 'time_ms' ? `${name} + batch` : name,
    );
    database.run(
      `WITH RECURSIVE batches(batch) AS
         (SELECT 1 UNION ALL SELECT batch + 1 FROM batches WHERE batch < ?)
       INSERT INTO events (${columns.join()})
       SELECT ${values.join()} FROM batches, events WHERE seq = 1 ORDER BY batch, id`,
      [times],
    );
    database.close();
  }

  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.close()));
  });
  after(() => {
    scratch.remove();
  });

  const codeOf = (read: unknown): Promise<string> =>
    Promise.resolve(read).then(
      () => 'read',
      (error: unknown) => (error instanceof CountersignError ? error.code : String(error)),
    );

  it('reads as a reader in this thread does', async () => {
    const there = readerWith();
    const here = openAuditReader(path);
    const first = here.query({ ...QUERY, agentId: 'busy' });
    expect(await there.query({ ...QUERY, agentId: 'busy' })).to.deep.equal(first);
    const tips = [
      [0, { epoch: 'e1', seq: 1 }],
      [7, { epoch: 'e1', seq: 1 }],
    ] as const;
    expect(await there.missing(tips)).to.deep.equal([tips[1]]);
    expect(await there.storeId()).to.equal(here.storeId());
    expect(await there.lost()).to.equal(undefined);
    expect(await there.decision('dec_1')).to.deep.equal(here.decision('dec_1'));
    expect(await there.listDeliveries({ cursor: undefined, limit: 5 })).to.deep.equal(
      here.listDeliveries({ cursor: undefined, limit: 5 }),
    );
    expect(await there.delivery('dlv_none')).to.equal(undefined);
    expect(await there.series('busy', 0, 2000)).to.deep.equal(await here.series('busy', 0, 2000));
    here.close();
  });

  it('refuses an invalid cursor as the same refusal', async () => {
    const wrong = readerWith().listDeliveries({ cursor: 'x', limit: 5 });
    expect(await codeOf(wrong)).to.equal('invalid_request');
  });

  it('answers short reads between the parts of a long query', async () => {
    const reader = readerWith();
    await reader.storeId();
    const order: string[] = [];
    const long = Promise.resolve(reader.query(FRUITLESS)).then(() => order.push('long'));
    for (let i = 0; i < 5; i++) {
      await reader.storeId();
      order.push('short');
    }
    await long;
    expect(order).to.deep.equal(['short', 'short', 'short', 'short', 'short', 'long']);
  });

  it('ends a query and a series at their deadline, and reads on', async () => {
    const reader = readerWith({ deadlineMs: 1 });
    const late = [reader.query(FRUITLESS), reader.series('busy', 0, 2000)].map(codeOf);
    expect(await Promise.all(late)).to.deep.equal(Array(2).fill('temporarily_unavailable'));
    const patient = readerWith();
    expect(await codeOf(patient.query({ ...QUERY, agentId: 'busy' }))).to.equal('read');
  });

  it('refuses a read when enough are open', async () => {
    const reader = readerWith({ reserved: 2 });
    const open = [codeOf(reader.query(FRUITLESS)), codeOf(reader.query(FRUITLESS))];
    expect(await codeOf(reader.storeId())).to.equal('temporarily_unavailable');
    await Promise.all(open);
    expect(await codeOf(reader.storeId())).to.equal('read');
  });

  it('an auditor with a hundred open queries delays no other principal and no activation', async () => {
    const reader = readerWith();
    await reader.storeId();
    const auditor = reader.of({ kind: 'admin', id: 'audrey' });
    const flood = Array.from({ length: 100 }, () => codeOf(auditor.query(FRUITLESS)));
    const answered = { auditor: 0 };
    for (const one of flood) void one.then((code) => (answered.auditor += code === 'read' ? 1 : 0));
    const operator = reader.of({ kind: 'admin', id: 'olaf' });
    expect(await codeOf(operator.query({ ...QUERY, agentId: 'busy' }))).to.equal('read');
    expect(await createAuditOperations(new FakeStreams(), reader).settle()).to.equal(true);
    // Eight of the auditor's queries run at a time.
    expect(answered.auditor).to.be.at.most(8);
    const codes = await Promise.all(flood);
    expect(codes.slice(0, 8)).to.deep.equal(Array(8).fill('read'));
    expect(codes.filter((code) => code !== 'read')).to.include('temporarily_unavailable');
  });

  it('keeps places for the service when principals have all others', async () => {
    const reader = readerWith({ maxOpen: 2, reserved: 1 });
    await reader.storeId();
    const others = ['a', 'b', 'c'].map((id) =>
      codeOf(reader.of({ kind: 'admin', id }).query(FRUITLESS)),
    );
    expect(await codeOf(reader.storeId())).to.equal('read');
    expect(await Promise.all(others)).to.deep.equal(Array(3).fill('read'));
  });

  it('counts reads of the service apart: they take no place of a principal', async () => {
    const reader = readerWith({ maxOpen: 2, reserved: 2 });
    await reader.storeId();
    const own = [reader.query(FRUITLESS), reader.query(FRUITLESS)].map(codeOf);
    const others = ['a', 'b'].map((id) =>
      codeOf(reader.of({ kind: 'admin', id }).query(FRUITLESS)),
    );
    expect(await Promise.all([...own, ...others])).to.deep.equal(Array(4).fill('read'));
  });

  it('closes in the middle of a query', async () => {
    const reader = readerWith();
    await reader.storeId();
    const query = codeOf(reader.query(FRUITLESS));
    await reader.close();
    expect(await query).to.equal('temporarily_unavailable');
  });
});
