import { expect } from 'chai';
import type { ResourceRecord } from '../../../src/domain/records.js';
import { indexAudiences } from '../../../src/redis/stores/audience-index.js';
import { createCatalogueStore } from '../../../src/redis/stores/catalogue-store.js';
import { createIntentResumer } from '../../../src/redis/stores/intents.js';
import { createRevocationStore } from '../../../src/redis/stores/revocation-store.js';
import { createRevocationPruner } from '../../../src/redis/stores/sweepers.js';
import { useRedis, useStore } from '../../support/use-store.js';

const REMEMBER_MS = 3_600_000;
const EVENT = {
  type: 'resource.written',
  principal: { kind: 'system', id: 'test' },
} as const;

describe('audiences and their floors', function () {
  this.timeout(30_000);
  const redis = useRedis();
  const store = useStore(redis);
  let records: Map<string, ResourceRecord>;
  beforeEach(() => {
    records = new Map();
  });

  /** Writes the next version of a resource; without audiences, its tombstone. */
  async function write(id: string, ...audiences: string[]): Promise<void> {
    const before = records.get(id);
    const record: ResourceRecord = {
      spec: {
        id,
        audiences: audiences.length === 0 ? (before?.spec.audiences ?? []) : audiences,
        scopes: [],
      },
      source: 'api',
      config_digest: '',
      version: (before?.version ?? 0) + 1,
      deleted: audiences.length === 0,
      updated_at_ms: 0,
    };
    records.set(id, record);
    const catalogue = createCatalogueStore(store.context, () => Promise.resolve(REMEMBER_MS));
    expect(await catalogue.writeResource(record, before, EVENT)).to.equal(true);
  }

  const failure = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'no failure',
      (error: unknown) => String(error),
    );

  /** Fields and sequences of the floors of each shard. */
  async function floors(shard: number): Promise<Record<string, number>> {
    const fields = await store.client.hgetall(store.context.keys.revocations(shard));
    return Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [field, Number(value.split('|')[1])]),
    );
  }

  async function floorFields(): Promise<string[]> {
    const [first = '', ...others] = await Promise.all(
      [0, 1, 2, 3].map(async (shard) =>
        Object.keys(await floors(shard))
          .sort()
          .join(' '),
      ),
    );
    for (const other of others) expect(other).to.equal(first);
    return first === '' ? [] : first.split(' ');
  }

  async function entryOf(key: string): Promise<Record<string, unknown>> {
    const text = await store.client.hget(store.context.keys.audienceHolders, key);
    return JSON.parse(text ?? '{}') as Record<string, unknown>;
  }

  const breakShard = (shard: number): Promise<unknown> =>
    store.client
      .multi()
      .rename(store.context.keys.meta(shard), 'aside')
      .set(store.context.keys.meta(shard), 'broken')
      .exec();
  const mendShard = (shard: number): Promise<unknown> =>
    store.client.rename('aside', store.context.keys.meta(shard));

  it('the floor of an audience is raised in every shard when it is removed, and by nothing else', async () => {
    await write('a', 'https://x.example', 'https://y.example/v1');
    await write('a', 'https://y.example/v1', 'https://X.example:443', 'urn:new');
    expect(await floorFields(), 'added, reordered, spelled otherwise').to.deep.equal([]);
    await write('a', 'https://y.example/v1', 'urn:new');
    expect(await floorFields()).to.deep.equal(['audience:https://x.example/']);
  });

  it('the floor of a resource is raised when it is deleted, and when it comes back', async () => {
    await write('a', 'https://x.example');
    await write('a');
    expect(await floorFields()).to.deep.equal(['audience:https://x.example/', 'resource:a']);
    const before = await floors(0);
    await write('a', 'https://y.example');
    const after = await floors(0);
    expect(after['resource:a']).to.be.greaterThan(before['resource:a'] ?? 0);
    expect(await floorFields()).to.deep.equal(['audience:https://x.example/', 'resource:a']);
  });

  it('a denial until lifted stays when the floor is raised', async () => {
    await write('a', 'https://x.example');
    await createRevocationStore(store.context).revoke({
      revId: 'rev_1',
      by: 'resource',
      value: 'a',
      reason: 'test',
      denyUntilLifted: true,
      principal: { kind: 'admin', id: 'root' },
      requestId: 'req_1',
    });
    const before = await floors(2);
    await write('a');
    const field = await store.client.hget(store.context.keys.revocations(2), 'resource:a');
    expect(field?.split('|')[2]).to.equal('1');
    expect(Number(field?.split('|')[1])).to.be.greaterThan(before['resource:a'] ?? 0);
  });

  it('a revocation raises the floor of every id that held the audience', async () => {
    const outcome = await createRevocationStore(store.context).revoke({
      ...{ revId: 'rev_1', by: 'resource', value: 'b', formerHolders: ['a', 'c'], reason: 'test' },
      ...{ denyUntilLifted: false, requestId: 'req_1' },
      principal: { kind: 'admin', id: 'root' },
    });
    expect(outcome.state).to.equal('done');
    expect(await floorFields()).to.deep.equal(['resource:a', 'resource:b', 'resource:c']);
  });

  it('is not acknowledged while a shard lacks the floor; the next change brings it along', async () => {
    await write('a', 'https://x.example');
    await breakShard(2);
    expect(await failure(write('a'))).to.contain('missing in shards 2');
    await mendShard(2);
    expect(await floors(2)).to.deep.equal({});
    await write('a', 'https://x.example');
    expect(await floorFields()).to.deep.equal(['audience:https://x.example/', 'resource:a']);
    const before = await floors(0);
    expect(await createIntentResumer(store.context).resume(), 'the first change').to.equal(1);
    const after = await floors(0);
    expect(after, 'a shard that had it is left alone').to.deep.equal(before);
  });

  it('an equal audience belongs to one resource, until it is removed', async () => {
    await write('a', 'https://x.example');
    const taken = await failure(write('b', 'HTTPS://x.example:443/'));
    expect(taken).to.contain('belongs to another resource, as https://x.example.');
    records.delete('b');
    const twice = await failure(write('c', 'https://c.example', 'https://c.example/'));
    expect(twice).to.contain('https://c.example and https://c.example/ are equal');
    await write('a');
    await write('b', 'HTTPS://x.example:443/');
    expect((await entryOf('https://x.example/'))['now']).to.deep.equal([
      { id: 'b', uri: 'HTTPS://x.example:443/' },
    ]);
  });

  it('who had an audience is forgotten when its last token is past, by the worker or the next change', async () => {
    await write('a', 'https://x.example');
    await write('a', 'https://y.example');
    await write('b', 'https://x.example');
    const pruner = createRevocationPruner(store.context, () => Promise.resolve(REMEMBER_MS));
    await pruner.pruneAudiences();
    expect((await entryOf('https://x.example/'))['past']).to.have.length(1);
    await store.setTick('control', Date.now() + REMEMBER_MS + 60_000);
    await pruner.pruneAudiences();
    expect(await entryOf('https://x.example/')).to.have.all.keys('now');
    await write('b', 'https://z.example');
    await store.setTick('control', Date.now() + 2 * REMEMBER_MS + 120_000);
    await write('c', 'https://x.example');
    expect(await entryOf('https://x.example/')).to.deep.equal({
      now: [{ id: 'c', uri: 'https://x.example' }],
    });
    await write('b');
    await store.setTick('control', Date.now() + 3 * REMEMBER_MS + 180_000);
    await pruner.pruneAudiences();
    expect(await store.client.hkeys(store.context.keys.audienceHolders)).to.have.members([
      'https://x.example/',
      'https://y.example/',
    ]);
  });

  describe('in a store of an earlier build', () => {
    const [plain, slash] = ['https://x.example', 'https://x.example/'];

    /** As an earlier build left it: documents, and no hash of holders. */
    async function earlier(id: string, ...audiences: string[]): Promise<void> {
      await write(id, `urn:${id}`);
      const record = { ...records.get(id), spec: { id, audiences, scopes: [] } } as ResourceRecord;
      records.set(id, record);
      const { keys } = store.context;
      await store.client.hset(keys.resources, id, JSON.stringify(record));
      await store.client.hdel(keys.audienceHolders, `urn:${id}`);
    }

    it('the holders are what the resources say, and it is done once', async () => {
      await earlier('a', plain, 'https://y.example');
      await earlier('b', slash);
      const equal = await indexAudiences(store.context, REMEMBER_MS);
      expect(equal).to.have.length(1);
      expect(equal[0]).to.have.deep.members([
        { id: 'a', uri: plain },
        { id: 'b', uri: slash },
      ]);
      const indexed = await store.client.hgetall(store.context.keys.audienceHolders);
      expect(Object.keys(indexed)).to.have.members([slash, 'https://y.example/']);
      expect(await indexAudiences(store.context, REMEMBER_MS)).to.deep.equal(equal);
      expect(await store.client.hgetall(store.context.keys.audienceHolders)).to.deep.equal(indexed);
    });

    it('two equal ones are compared byte for byte: kept, removed and revoked separately', async () => {
      await earlier('a', plain);
      await earlier('b', slash);
      await indexAudiences(store.context, REMEMBER_MS);
      await write('a', plain, 'urn:more');
      expect(await floorFields(), 'kept by a change of something else').to.deep.equal([]);
      const spelled = await failure(write('a', 'https://X.example'));
      expect(spelled, 'spelled otherwise').to.contain('belongs to another');
      records.set('a', { ...records.get('a')!, version: 2 });
      await write('a', 'urn:more');
      expect(await floorFields()).to.deep.equal([`audience_spelling:${plain}`]);
      expect(await entryOf(slash)).to.deep.include({ now: [{ id: 'b', uri: slash }] });
      await write('b', 'https://X.example');
      await write('b', 'urn:other');
      expect(await floorFields(), 'the last one by any spelling').to.deep.equal([
        `audience:${slash}`,
        `audience_spelling:${plain}`,
      ]);
    });

    it('one resource that has both loses one', async () => {
      await earlier('a', plain, slash);
      expect(await indexAudiences(store.context, REMEMBER_MS)).to.have.length(1);
      await write('a', slash);
      expect(await floorFields()).to.deep.equal([`audience_spelling:${plain}`]);
      expect(await indexAudiences(store.context, REMEMBER_MS)).to.deep.equal([]);
    });

    it('changes by an earlier build that runs next to a new one are indexed at the next start', async () => {
      await write('a', plain);
      const { keys } = store.context;
      const moved = { ...records.get('a'), spec: { id: 'a', audiences: ['urn:a'], scopes: [] } };
      await store.client.hset(keys.resources, 'a', JSON.stringify(moved));
      await indexAudiences(store.context, REMEMBER_MS);
      expect(await entryOf('urn:a')).to.deep.equal({ now: [{ id: 'a', uri: 'urn:a' }] });
      expect(await entryOf(slash)).to.have.all.keys('past');
    });
  });
});
