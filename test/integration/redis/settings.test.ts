import { expect } from 'chai';
import { longestTokenMs, openStore } from '../../../src/redis/stores/settings.js';
import { createRevocationStore } from '../../../src/redis/stores/revocation-store.js';
import { createRevocationPruner } from '../../../src/redis/stores/sweepers.js';

import { useRedis, useStore } from '../../support/use-store.js';

const HOUR_MS = 3_600_000;

describe('the settings that the processes of a store share', function () {
  this.timeout(60_000);
  const redis = useRedis();
  const store = useStore(redis);
  const shards = 4;

  it('remember the longest lifetime that any process was started with', async () => {
    const longest = (): Promise<number> => longestTokenMs(store.context, 30);
    await openStore(store.context, { shards, maxTtlSeconds: 3600 });
    expect(await longest()).to.equal(3_630_000);
    await openStore(store.context, { shards, maxTtlSeconds: 7200 });
    expect(await longest()).to.equal(7_230_000);
    await openStore(store.context, { shards, maxTtlSeconds: 1800 });
    expect(await longest(), 'tokens of the longer lifetime may live').to.equal(7_230_000);
  });

  it('remember the longest of processes that start at once', async () => {
    const lifetimes = Array.from({ length: 20 }, (_, i) => 60 * (1 + ((i * 7) % 20)));
    await Promise.all(
      lifetimes.map((maxTtlSeconds) => openStore(store.context, { shards, maxTtlSeconds })),
    );
    expect(await longestTokenMs(store.context, 0)).to.equal(1_200_000);
  });

  it('refuse another shard count, with what to do, and stay as they were', async () => {
    await openStore(store.context, { shards, maxTtlSeconds: 3600 });
    const refused = await openStore(store.context, { shards: 8, maxTtlSeconds: 7200 }).catch(
      (error: unknown) => error,
    );
    expect(String(refused)).to.include(
      'made with redis.shards 4, the configuration says 8; set redis.shards to 4',
    );
    expect(await longestTokenMs(store.context, 0)).to.equal(HOUR_MS);
  });

  it('keep a revocation for a lifetime that another process raised after the pruner was made', async () => {
    await openStore(store.context, { shards, maxTtlSeconds: 3600 });
    const pruner = createRevocationPruner(store.context, () => longestTokenMs(store.context, 30));
    await createRevocationStore(store.context).revoke({
      ...{ revId: 'rev_1', by: 'session', value: 'S1', reason: 'test', denyUntilLifted: false },
      ...{ principal: { kind: 'admin', id: 'root' }, requestId: 'req_1' },
    });
    await openStore(store.context, { shards, maxTtlSeconds: 7200 });
    await store.setTick(0, Date.now() + 1.5 * HOUR_MS);
    expect(await pruner.pruneShard(0)).to.equal(0);
    await store.setTick(0, Date.now() + 2.5 * HOUR_MS);
    expect(await pruner.pruneShard(0)).to.equal(1);
  });

  it('are missing: 503, not a lifetime of zero', async () => {
    await store.client.del(store.context.keys.settings);
    const found: unknown = await longestTokenMs(store.context, 30).catch((error: unknown) => error);
    expect(found).to.have.property('code', 'temporarily_unavailable');
  });
});
