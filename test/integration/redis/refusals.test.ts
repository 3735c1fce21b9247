import { expect } from 'chai';
import fc from 'fast-check';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { exportStreams } from '../../../src/audit/exporter.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditEvent, StoredAuditEvent } from '../../../src/domain/audit.js';
import { newDecisionId } from '../../../src/domain/ids.js';
import { MINUTE_MS } from '../../../src/domain/refusal.js';
import { REFUSAL_BUCKETS, type RefusalBucket } from '../../../src/domain/budget.js';
import { shardOfAgent } from '../../../src/domain/shard.js';
import { createAuditStreams } from '../../../src/redis/stores/audit-streams.js';
import {
  createOpenRefusalReader,
  createRefusalCloser,
  createRefusalCounter,
} from '../../../src/redis/stores/refusal-store.js';
import { openTestStore, runnerInHand, type TestStore } from '../../support/store.js';
import { useRedis } from '../../support/use-store.js';
import { scratchFolder } from '../../unit/audit/fakes.js';

const AGENTS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const SHARDS = 4;
const START_MS = 4_000_000_000_000;

const event = (
  agent: string,
  bucket: RefusalBucket,
  more: Partial<AuditEvent> = {},
): AuditEvent => ({
  type: bucket === 'quarantine' ? 'access.denied' : 'access.rate_limited',
  principal: { kind: 'agent', id: agent },
  agent_id: agent,
  effect: 'deny',
  bucket,
  anomaly: 0,
  ...more,
});

type Step =
  | {
      readonly do: 'refuse';
      readonly node: number;
      readonly agent: string;
      readonly bucket: RefusalBucket;
      readonly times: number;
      readonly honey: number;
    }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'close'; readonly limit: number }
  | { readonly do: 'export' }
  | { readonly do: 'kill' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('refuse' as const),
      node: fc.nat(2),
      agent: fc.constantFrom(...AGENTS),
      bucket: fc.constantFrom(...REFUSAL_BUCKETS),
      times: fc.integer({ min: 1, max: 6 }),
      honey: fc.nat(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(90_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('close' as const),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('export' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
);

describe('refusals that are counted', function () {
  this.timeout(240_000);
  const scratch = scratchFolder();
  const redis = useRedis();
  let files = 0;
  after(() => {
    scratch.remove();
  });

  interface World {
    readonly store: TestStore;
    readonly audit: AuditStore;
    readonly expected: Map<string, { count: number; honey: number }>;
    readonly ids: Map<string, string>;
    atMs: number;
    connections: Redis[];
  }

  const nameOf = (agent: string, bucket: string, atMs: number): string =>
    `${agent} ${bucket} ${String(Math.floor(atMs / MINUTE_MS))}`;

  async function setTick({ store, atMs }: World): Promise<void> {
    for (let shard = 0; shard < SHARDS; shard++) await store.setTick(shard, atMs);
  }

  /** Three service nodes, each with a separate connection; new ones after the server was killed. */
  function connect(world: World): void {
    for (const connection of world.connections) connection.disconnect();
    world.connections = [0, 1, 2].map(() => {
      const client = new Redis({ path: redis.socket });
      // The server is killed under them.
      client.on('error', () => undefined);
      return client;
    });
  }

  async function refuse(world: World, one: Extract<Step, { do: 'refuse' }>): Promise<void> {
    const { agent, bucket, honey } = one;
    const answers = Array.from({ length: one.times }, (_, i) => {
      const client = world.connections[(one.node + i) % 3]!;
      const counter = createRefusalCounter({
        ...world.store.context,
        runner: runnerInHand(client),
      });
      const more = honey === 0 ? {} : { honey_scopes: honey };
      return counter.count(agent, bucket, event(agent, bucket, more));
    });
    for (const { tickMs } of await Promise.all(answers)) {
      expect(tickMs).to.equal(world.atMs);
      const name = nameOf(agent, bucket, tickMs);
      const so = world.expected.get(name) ?? { count: 0, honey: 0 };
      world.expected.set(name, { count: so.count + 1, honey: so.honey + honey });
      // The id has the time of the gather, at most ten seconds before the count.
      const gatheredMs = tickMs - (tickMs % 10_000);
      world.ids.set(name, newDecisionId(shardOfAgent(agent, SHARDS), gatheredMs));
    }
  }

  const close = async ({ store }: World, limit: number): Promise<void> => {
    const closer = createRefusalCloser(store.context);
    for (let shard = 0; shard < SHARDS; shard++) await closer.closeShard(shard, limit);
  };
  const exportAll = ({ store, audit }: World): Promise<number> =>
    exportStreams(createAuditStreams(store.context), audit, [], { batch: 7 });

  async function run(world: World, one: Step): Promise<void> {
    switch (one.do) {
      case 'refuse':
        return refuse(world, one);
      case 'wait':
        world.atMs += one.ms;
        return setTick(world);
      case 'close':
        return close(world, one.limit);
      case 'export':
        await exportAll(world);
        return;
      case 'kill':
        await redis.kill9();
        await redis.restart();
        connect(world);
        await world.store.client.ping();
    }
  }

  function countsIn(audit: AuditStore): StoredAuditEvent[] {
    const { items } = audit.query({ cursor: undefined, limit: 500, order: 'asc' });
    return items.filter(({ count }) => count !== undefined);
  }

  it('are one event per agent, bucket and minute, and every one that was answered is in it exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const store = await openTestStore(redis);
        store.client.on('error', () => undefined);
        await store.client.del(store.context.keys.auditOwner);
        const audit = openAuditStore(join(scratch.folder, `${String(files++)}.db`));
        const world: World = {
          store,
          audit,
          expected: new Map(),
          ids: new Map(),
          atMs: START_MS,
          connections: [],
        };
        connect(world);
        await setTick(world);
        for (const one of steps) await run(world, one);
        world.atMs += MINUTE_MS;
        await setTick(world);
        for (let i = 0; i < 40; i++) await close(world, 5);
        await exportAll(world);

        const found = countsIn(audit);
        const names = found.map(({ agent_id: agent = '', bucket = '', first_at_ms: first = 0 }) =>
          nameOf(agent, bucket, first),
        );
        expect(new Set(names).size, 'one event each').to.equal(names.length);
        expect(new Set(names)).to.deep.equal(new Set(world.expected.keys()));
        for (const [i, one] of found.entries()) {
          const { count, honey } = world.expected.get(names[i]!)!;
          expect(one.count, names[i]).to.equal(count);
          expect(one.honey_scopes ?? 0, names[i]).to.equal(honey);
          expect(one.time_ms).to.equal(one.last_at_ms);
          expect(nameOf(one.agent_id ?? '', one.bucket ?? '', one.last_at_ms ?? 0)).to.equal(
            names[i],
          );
        }
        for (const [name, id] of world.ids) {
          const page = audit.query({ decisionId: id, cursor: undefined, limit: 500, order: 'asc' });
          expect(page.foundBy).to.equal('shard_and_minute');
          expect(page.items.map((item) => item.event_id)).to.include(
            found[names.indexOf(name)]?.event_id,
          );
        }
        for (const connection of world.connections) connection.disconnect();
        audit.close();
        store.close();
      }),
      { numRuns: 25 },
    );
  });

  it('take no more room for more of them: one event for each agent and bucket, whatever the number of refusals', async () => {
    const sizes: number[] = [];
    for (const times of [2, 40]) {
      const store = await openTestStore(redis);
      const { keys } = store.context;
      for (let shard = 0; shard < SHARDS; shard++) await store.setTick(shard, START_MS);
      const counter = createRefusalCounter(store.context);
      for (let round = 0; round < times; round++) {
        const all = Array.from({ length: 100 }, (_, i) => `agent-${String(i)}`).flatMap((agent) =>
          REFUSAL_BUCKETS.map((bucket) => counter.count(agent, bucket, event(agent, bucket))),
        );
        await Promise.all(all);
      }
      let bytes = 0;
      for (let shard = 0; shard < SHARDS; shard++) {
        expect(await store.client.xlen(keys.audit(shard))).to.equal(0);
        for (const key of [keys.refusals(shard), keys.refusalMinutes(shard)]) {
          bytes += (await store.client.memory('USAGE', key, 'SAMPLES', 0)) ?? 0;
        }
      }
      sizes.push(bytes);
      store.close();
    }
    expect(sizes[1]! / sizes[0]!).to.be.within(0.9, 1.2);
  });

  it('can be read while they are counted, by agent and by shard and minute', async () => {
    const store = await openTestStore(redis);
    const shard = shardOfAgent('a', SHARDS);
    await store.setTick(shard, START_MS);
    const counter = createRefusalCounter(store.context);
    const open = createOpenRefusalReader(store.context);
    await counter.count('a', 'agent', event('a', 'agent'));
    await store.setTick(shard, START_MS + 500);
    await counter.count('a', 'agent', event('a', 'agent'));
    const expected = [
      {
        agent_id: 'a',
        bucket: 'agent',
        count: 2,
        first_at_ms: START_MS,
        last_at_ms: START_MS + 500,
      },
    ];
    expect(await open.ofAgent('a')).to.deep.equal(expected);
    expect(await open.ofDecision(shard, START_MS + 1)).to.deep.equal(expected);
    expect(await open.ofDecision(shard, START_MS + MINUTE_MS)).to.deep.equal([]);
    store.close();
  });

  it('are closed when a reset of the clock left their minute in the future', async () => {
    const store = await openTestStore(redis);
    const shard = shardOfAgent('a', SHARDS);
    const { keys } = store.context;
    const counter = createRefusalCounter(store.context);
    const closer = createRefusalCloser(store.context);
    await store.setTick(shard, START_MS + 60 * MINUTE_MS);
    await counter.count('a', 'agent', event('a', 'agent'));
    await closer.closeShard(shard, 5);
    expect(await store.client.zcard(keys.refusalMinutes(shard)), 'this minute').to.equal(1);
    await store.setTick(shard, START_MS);
    await store.client.hset(keys.meta(shard), 'id_floor', String(START_MS + 60 * MINUTE_MS));
    await closer.closeShard(shard, 5);
    expect(await store.client.zcard(keys.refusalMinutes(shard))).to.equal(0);
    expect(await store.client.xlen(keys.audit(shard))).to.equal(1);
    store.close();
  });

  it('restart at zero when a stored count is corrupt', async () => {
    const store = await openTestStore(redis);
    const shard = shardOfAgent('a', SHARDS);
    const counter = createRefusalCounter(store.context);
    await counter.count('a', 'agent', event('a', 'agent'));
    await store.client.hset(store.context.keys.refusals(shard), 'n a agent', 'spoilt');
    expect(await counter.count('a', 'agent', event('a', 'agent'))).to.include({ opened: true });
    store.close();
  });
});
