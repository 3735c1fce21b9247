import { expect } from 'chai';
import { createIntentResumer } from '../../../src/redis/stores/intents.js';
import { createRevocationStore } from '../../../src/redis/stores/revocation-store.js';
import { createRevocationPruner } from '../../../src/redis/stores/sweepers.js';
import type { Revocation } from '../../../src/domain/revocation.js';
import { useRedis, useStore } from '../../support/use-store.js';

const REVOCATION: Revocation = {
  revId: 'rev_1',
  by: 'session',
  value: 'S1',
  reason: 'test',
  denyUntilLifted: true,
  principal: { kind: 'admin', id: 'root' },
  requestId: 'req_1',
};

describe('revocations that span shards', function () {
  this.timeout(30_000);
  const redis = useRedis();
  const store = useStore(redis);

  const fields = (): Promise<(string | null)[]> =>
    Promise.all(
      [0, 1, 2, 3].map((shard) =>
        store.client.hget(store.context.keys.revocations(shard), 'session:S1'),
      ),
    );
  /** Makes every write to one shard fail, as an unreachable primary would. */
  const breakShard = (shard: number): Promise<unknown> =>
    store.client
      .multi()
      .rename(store.context.keys.meta(shard), 'aside')
      .set(store.context.keys.meta(shard), 'broken')
      .exec();
  const mendShard = (shard: number): Promise<unknown> =>
    store.client.rename('aside', store.context.keys.meta(shard));

  it('are pending, with the shards that miss it, until the last one has it; the sweeper finishes them', async () => {
    await breakShard(2);
    const outcome = await createRevocationStore(store.context).revoke(REVOCATION);
    expect(outcome).to.deep.equal({ state: 'pending', revId: 'rev_1', missingShards: [2] });
    expect((await fields()).map((field) => field !== null)).to.deep.equal([
      true,
      true,
      false,
      true,
    ]);
    const resumer = createIntentResumer(store.context);
    expect(await resumer.resume(), 'while the shard is away').to.equal(0);
    await mendShard(2);
    expect(await resumer.resume()).to.equal(1);
    expect((await fields()).every((field) => field?.includes('|1|') === true)).to.equal(true);
    expect(await resumer.resume(), 'nothing is left').to.equal(0);
  });

  it('a lift that is resumed late does not undo a newer denial', async () => {
    const revocations = createRevocationStore(store.context);
    await revocations.revoke(REVOCATION);
    await breakShard(1);
    const lift = { ...REVOCATION, revId: 'rev_2' };
    expect((await revocations.lift(lift)).state).to.equal('pending');
    await mendShard(1);
    await revocations.revoke({ ...REVOCATION, revId: 'rev_3' });
    await createIntentResumer(store.context).resume();
    const denies = (await fields()).map((field) => field?.split('|')[2]);
    expect(denies).to.deep.equal(['1', '1', '1', '1']);
  });

  it('are recorded once, before any shard has them', async () => {
    await createRevocationStore(store.context).revoke(REVOCATION);
    const entries = await store.client.xrange(store.context.keys.audit('control'), '-', '+');
    const events = entries.filter(([, values]) => values.join(' ').includes('revocation.applied'));
    expect(events).to.have.length(1);
  });

  it('are pruned when no token can be covered any more, unless they deny until lifted', async () => {
    const revocations = createRevocationStore(store.context);
    await revocations.revoke(REVOCATION);
    await revocations.revoke({
      ...REVOCATION,
      revId: 'rev_4',
      value: 'S2',
      denyUntilLifted: false,
    });
    await revocations.revoke({ ...REVOCATION, revId: 'rev_5', by: 'key', value: 'k1' });
    const pruner = createRevocationPruner(store.context, () => Promise.resolve(3_600_000));
    expect(await pruner.pruneShard(0), 'young').to.equal(0);
    await store.setTick(0, Date.now() + 3_700_000);
    expect(await pruner.pruneShard(0)).to.equal(1);
    const left = await store.client.hkeys(store.context.keys.revocations(0));
    expect(left).to.have.members(['session:S1', 'key:k1']);
  });
});
