import { expect } from 'chai';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditGap } from '../../../src/audit/append.js';
import { openReadable, openWritable } from '../../../src/audit/database.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { entry, event, scratchFolder } from './fakes.js';

const QUERY = { cursor: undefined, limit: 100, order: 'asc' } as const;

describe('audit store', () => {
  const scratch = scratchFolder();
  const gaps: AuditGap[] = [];
  let path: string;
  let store: AuditStore;
  let files = 0;

  beforeEach(() => {
    gaps.length = 0;
    path = join(scratch.folder, `store${String(files++)}`, 'audit.db');
    store = openAuditStore(path, { endpoints: ['soc', 'pager'], onGap: (gap) => gaps.push(gap) });
  });
  afterEach(() => {
    store.close();
  });
  after(() => {
    scratch.remove();
  });

  const ids = (): readonly string[] => store.query(QUERY).items.map((item) => item.event_id);
  const use = (active: unknown, lastAtMs: unknown): AuditEvent =>
    event({
      type: 'token.introspected',
      grant_id: 'grt_0_a',
      detail: { active, inactive: 1, last_at_ms: lastAtMs, resource_server: 'api' },
    });

  it('makes its files for the owner alone', () => {
    store.appendBatch(0, undefined, [entry(1)], { epoch: 'e1', streamId: '1001-1' });
    for (const suffix of ['', '-wal', '-shm']) {
      expect(statSync(`${path}${suffix}`).mode & 0o777).to.equal(0o600);
    }
    expect(statSync(join(path, '..')).mode & 0o777).to.equal(0o700);
  });

  it('is one file for its writer and its readers when a folder has % in its name', () => {
    const odd = join(scratch.folder, '100% a%41', 'audit.db');
    const writer = openWritable(odd);
    writer.exec('CREATE TABLE t (v TEXT)');
    writer.run('INSERT INTO t VALUES (?)', ['kept']);
    const reader = openReadable(odd);
    expect(reader.all('SELECT v FROM t')).to.deep.equal([{ v: 'kept' }]);
    reader.close();
    writer.close();
  });

  it('keeps its id and its events when it is opened again', () => {
    store.appendBatch(0, undefined, [entry(1)], { epoch: 'e1', streamId: '1001-1' });
    const { storeId } = store;
    store.close();
    store = openAuditStore(path);
    expect(storeId).to.match(/^[0-9a-f]{32}$/);
    expect(store.storeId).to.equal(storeId);
    expect(ids()).to.deep.equal(['0/e1/1']);
    expect(store.cursor(0)).to.deep.equal({ epoch: 'e1', streamId: '1001-1' });
  });

  it('names the events of a batch and gives each the time of its entry', () => {
    const first = entry(1, [event({ request_id: 'a' }), event({ request_id: 'b' })]);
    store.appendBatch(0, undefined, [first, entry(4)], { epoch: 'e1', streamId: '1004-4' });
    store.appendBatch('control', undefined, [entry(9)], { epoch: 'e1', streamId: '1009-9' });
    expect(ids()).to.deep.equal(['0/e1/1.1', '0/e1/1.2', '0/e1/4', 'control/e1/9']);
    expect(store.query(QUERY).items[1]).to.deep.equal({
      ...event({ request_id: 'b' }),
      event_id: '0/e1/1.2',
      time_ms: 1_001,
    });
  });

  it('writes nothing when another exporter moved the cursor', () => {
    const next = { epoch: 'e1', streamId: '1001-1' };
    expect(store.appendBatch(0, undefined, [entry(1)], next)).to.equal(true);
    expect(store.appendBatch(0, undefined, [entry(2)], next)).to.equal(false);
    expect(store.appendBatch(0, { ...next, epoch: 'e2' }, [entry(2)], next)).to.equal(false);
    expect(ids()).to.deep.equal(['0/e1/1']);
    expect(store.appendBatch(0, next, [entry(2)], { ...next, streamId: '1002-2' })).to.equal(true);
    expect(ids()).to.deep.equal(['0/e1/1', '0/e1/2']);
  });

  it('writes nothing of a batch when a part of it fails', () => {
    const bad = { ...entry(2), seq: Number.NaN };
    const next = { epoch: 'e1', streamId: '1002-2' };
    expect(() => store.appendBatch(0, undefined, [entry(1), bad], next)).to.throw(RangeError);
    expect(ids()).to.deep.equal([]);
    expect(store.cursor(0)).to.equal(undefined);
    expect(store.appendBatch(0, undefined, [entry(1)], next)).to.equal(true);
  });

  it('counts active uses of a grant once, however often the entry is read', () => {
    const entries = [
      entry(1, [use(3, 50), event({ grant_id: 'grt_0_a' })]),
      entry(2, [use(2, 40)]),
    ];
    const first = { epoch: 'e1', streamId: '1002-2' };
    store.appendBatch(0, undefined, entries, first);
    store.appendBatch(0, first, entries, { epoch: 'e2', streamId: '1002-2' });
    const granted = store.query({ ...QUERY, type: 'access.granted' }).items[0];
    expect(granted?.use).to.deep.equal({ count: 5, last_at_ms: 50 });
  });

  it('takes no use from answers that were inactive or from a detail it cannot read', () => {
    const entries = [use(0, 50), use('3', 50), use(3, undefined), use(-1, 50), use(1.5, 50)];
    store.appendBatch(0, undefined, [entry(1, entries)], { epoch: 'e1', streamId: '1001-1' });
    expect(store.query(QUERY).items.every((item) => item.use === undefined)).to.equal(true);
  });

  it('makes a delivery for each endpoint of what calls for one, and only once', () => {
    const events: AuditEvent[] = [
      event({ type: 'revocation.applied' }),
      event({ type: 'revocation.lifted' }),
      event({ type: 'agent.status_changed', detail: { status: 'quarantined' } }),
      event({ type: 'agent.status_changed', detail: { status: 'active' } }),
      event({ type: 'access.denied', alarms: ['honey_scope'] }),
      event({ type: 'access.denied', alarms: [] }),
      event({ type: 'access.denied' }),
      event({ type: 'key.revoked', alarms: ['x'] }),
      event({ type: 'policy.evaluated' }),
      event({ type: 'policy.evaluated', alarms: ['honey_scope'] }),
    ];
    const first = { epoch: 'e1', streamId: '1001-1' };
    store.appendBatch(0, undefined, [entry(1, events)], first);
    store.appendBatch(0, first, [entry(1, events)], { epoch: 'e2', streamId: '1001-1' });
    const page = store.deliveries.list({ cursor: undefined, limit: 100 });
    expect(page.items.map((item) => [item.event_id, item.endpoint]).reverse()).to.deep.equal(
      [1, 2, 3, 5, 10].flatMap((n) =>
        ['soc', 'pager'].map((name) => [`0/e1/1.${String(n)}`, name]),
      ),
    );
    expect(new Set(page.items.map((item) => item.state))).to.deep.equal(new Set(['pending']));
    expect(store.deliveries.find(page.items[0]?.id ?? '')?.event.type).to.equal('policy.evaluated');
  });

  it('records a gap, once, when a new epoch begins at or below what was exported', () => {
    const first = { epoch: 'e1', streamId: '1007-7' };
    store.appendBatch(0, undefined, [entry(7)], first);
    const lost = [entry(5, undefined, { epoch: 'e2', tickMs: 2_000 })];
    const second = { epoch: 'e2', streamId: '2000-5' };
    store.appendBatch(0, first, lost, second);
    store.appendBatch(0, second, lost, second);
    expect(gaps).to.deep.equal([
      { kind: 'sequence_backwards', stream: 0, epoch: 'e2', seq: 5, lastSeq: 7 },
    ]);
    const { items } = store.query({ ...QUERY, type: 'audit.gap' });
    expect(items.map((item) => item.event_id)).to.deep.equal(['0/e2/5.gap']);
    expect(items[0]?.detail).to.deep.equal({ kind: 'sequence_backwards', last_seq: 7 });
  });

  it('records no gap when sequences rise, though not by one, within and across epochs', () => {
    const first = { epoch: 'e1', streamId: '1007-7' };
    store.appendBatch(0, undefined, [entry(2), entry(7)], first);
    const next = [entry(9, undefined, { epoch: 'e2' }), entry(30, undefined, { epoch: 'e2' })];
    store.appendBatch(0, first, next, { epoch: 'e2', streamId: '1030-30' });
    store.appendBatch(1, undefined, [entry(1)], { epoch: 'e1', streamId: '1001-1' });
    expect(gaps).to.deep.equal([]);
  });

  it('keeps both of two events with one identity', () => {
    const first = { epoch: 'e1', streamId: '1001-1' };
    store.appendBatch(0, undefined, [entry(1, [event({ request_id: 'a' })])], first);
    store.appendBatch(0, first, [entry(1, [event({ request_id: 'b' })])], first);
    expect(gaps.map((gap) => gap.kind)).to.deep.equal(['identity_conflict']);
    const [, gap] = store.query(QUERY).items;
    expect(gap?.detail?.['conflicting_event']).to.deep.include({ request_id: 'b' });
  });

  it('keeps ids with a NUL apart and finds them', () => {
    const events = ['a\0b', 'a'].map((id) => event({ agent_id: id }));
    store.appendBatch(0, undefined, [entry(1, events)], { epoch: 'e1', streamId: '1001-1' });
    expect(store.query({ ...QUERY, agentId: 'a' }).items).to.have.length(1);
    expect(store.query({ ...QUERY, agentId: 'a\0b' }).items[0]?.agent_id).to.equal('a\0b');
  });

  it('stores an event without the members it should have, rather than stop at it', () => {
    const odd = JSON.parse('{"detail":{"x":1}}') as AuditEvent;
    store.appendBatch(0, undefined, [entry(1, [odd])], { epoch: 'e1', streamId: '1001-1' });
    expect(ids()).to.deep.equal(['0/e1/1']);
  });

  it('refuses a file that a newer version wrote', () => {
    store.close();
    const database = openWritable(path);
    database.exec('PRAGMA user_version = 999');
    database.close();
    expect(() => openAuditStore(path)).to.throw('Use a newer version');
    store = openAuditStore(join(scratch.folder, `store${String(files++)}`, 'audit.db'));
  });

  it('cannot be written through a connection that reads', () => {
    const database = openReadable(path);
    expect(() => database.run("DELETE FROM meta WHERE key = 'store_id'")).to.throw('readonly');
    database.close();
  });
});
