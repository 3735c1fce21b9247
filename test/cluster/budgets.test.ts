import { expect } from 'chai';
import fc from 'fast-check';
import type { RateLimit } from '../../src/domain/records.js';
import { connectRedis, type RedisClient } from '../../src/redis/client.js';
import { targetOf } from '../../src/redis/target.js';
import { parseRedisUrl } from '../../src/redis/url.js';
import type { StoreContext } from '../../src/redis/context.js';
import { createKeys } from '../../src/redis/keys.js';
import { createSignalGatherer } from '../../src/redis/stores/signal-gatherer.js';
import { chunkOf } from '../../src/signals/shared-budgets.js';
import { brokenWindow, type Admission } from '../support/budget-bound.js';
import { gathered, START_MS } from '../support/budget-subject.js';
import { startCluster, type TestCluster } from '../support/cluster.js';
import { until } from '../support/episode.js';
import { playShared, sharedSubjectOn, type SharedAsk } from '../support/shared-budget-subject.js';
import { makeAgentIn, runnerInHand } from '../support/store.js';

const SHARDS = 8;
const INSTANCES = 3;
/** By their hashes in slots of all three primaries. */
const NAMES = Array.from({ length: 12 }, (_, i) => `name-${String(i)}`);

describe('budgets on a Redis Cluster', function () {
  this.timeout(120_000);
  let cluster: TestCluster;
  let clients: readonly RedisClient[];
  let stores = 0;
  before(async () => {
    cluster = await startCluster();
    clients = Array.from({ length: INSTANCES }, () =>
      connectRedis(targetOf(parseRedisUrl(cluster.url)), {
        commandTimeoutMs: 2000,
        name: 'test',
        onFailure: () => undefined,
      }),
    );
    await Promise.all(clients.map((client) => client.connect()));
  });
  after(async () => {
    for (const client of clients) client.disconnect();
    await cluster.stop();
  });

  /** One store, seen by every instance. */
  async function openStore(): Promise<readonly StoreContext[]> {
    const keys = createKeys(`t${String(++stores)}`);
    const contexts = clients.map((client) => {
      return { runner: runnerInHand(client), keys, shards: SHARDS };
    });
    const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
    // A client connects to a primary when it first needs it, and refuses what comes before that.
    for (const { runner } of contexts) {
      const open = (shard: number | 'control') =>
        runner.run('openShard', [keys.meta(shard)], [runner.opening()]);
      await until('every primary answers', () =>
        Promise.all([...shards, 'control' as const].map(open)).then(
          () => true,
          () => false,
        ),
      );
    }
    return contexts;
  }

  it('of an agent are exact on every primary, whichever instances are asked at once', async () => {
    const rate: RateLimit = {
      per_minute: 600,
      burst: 5,
      resource_per_minute: 900,
      resource_burst: 9,
    };
    const contexts = await openStore();
    const gatherers = contexts.map((context) => createSignalGatherer(context, () => rate));
    for (const id of NAMES) {
      const { agent, shard } = await makeAgentIn(contexts[0]!, id);
      const admitted: Admission[] = [];
      for (const waitMs of [0, 0, 130, 999, 7]) {
        const last = admitted.at(-1)?.atMs ?? START_MS;
        const atMs = last + waitMs;
        const { client } = contexts[0]!.runner;
        await client.hset(contexts[0]!.keys.meta(shard), 'tick', String(atMs));
        const asks = Array.from({ length: 9 }, (_, i) =>
          gathered(gatherers[i % INSTANCES]!, agent, { resource: 'stripe', cost: 1 + (i % 2) }),
        );
        for (const [i, result] of (await Promise.all(asks)).entries()) {
          if (!result.rate.limited) admitted.push({ atMs, cost: 1 + (i % 2) });
        }
      }
      expect(admitted, id).to.have.length.above(4);
      expect(brokenWindow(admitted, rate), id).to.equal(undefined);
    }
  });

  it('that are shared admit at most burst + rate × T + instances × chunk', async () => {
    const ask: fc.Arbitrary<SharedAsk> = fc.record({
      owner: fc.constantFrom(...NAMES.slice(0, 4)),
      cost: fc.integer({ min: 1, max: 3 }),
      instance: fc.nat(INSTANCES - 1),
    });
    const step = fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.nat(2000)),
      asks: fc.array(ask, { minLength: 1, maxLength: 15 }),
    });
    const limit = fc.record({
      per_minute: fc.integer({ min: 1, max: 3000 }),
      burst: fc.integer({ min: 3, max: 30 }),
    });
    const steps = fc.array(step, { minLength: 5, maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(limit, limit, steps, async (owner, global, stream) => {
        const one = await sharedSubjectOn(await openStore(), {
          limits: () => ({ owner, owners: {}, global }),
        });
        const admitted = await playShared(one, stream);
        const slack = (of: typeof owner): number => INSTANCES * Math.max(3, chunkOf(of));
        expect(brokenWindow(admitted, global, slack(global)), 'global').to.equal(undefined);
        for (const name of NAMES) {
          const own = admitted.filter((each) => each.owner === name);
          expect(brokenWindow(own, owner, slack(owner)), name).to.equal(undefined);
        }
      }),
      { numRuns: 10 },
    );
  });
});
