import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { createAssertionGuard } from '../../../src/redis/stores/assertion-guard.js';
import { makeAgent } from '../../support/store.js';
import { useRedis, useStore } from '../../support/use-store.js';

const AHEAD_SECONDS = 5;
/** A moment that no clock of a test reaches; the store's clock stands where it is set. */
const T = 4_000_000_000;

describe('when a client assertion may be issued', function () {
  this.timeout(30_000);
  const store = useStore(useRedis());

  /** A shard with an epoch that began at `T`, and its clock at `T` and these seconds. */
  async function at(seconds: number): Promise<(iat: number, jti: string) => Promise<unknown>> {
    const { shard } = await makeAgent(store, 'agent');
    const meta = store.context.keys.meta(shard);
    await store.client.hset(meta, 'epoch_began', String(T * 1000));
    await store.setTick(shard, (T + seconds) * 1000);
    const guard = createAssertionGuard(store.context, AHEAD_SECONDS);
    return (iat, jti) =>
      guard.consume('agent', jti, T + iat, T + iat + 60).catch((error: unknown) => error);
  }

  it('up to the bound ahead of the clock, and no second later', async () => {
    const consume = await at(100);
    expect(await consume(105, 'a')).to.equal(true);
    expect(await consume(106, 'b')).to.equal(false);
    expect(await consume(105, 'a'), 'twice').to.equal(false);
  });

  for (const [seconds, iat, waits] of [
    [0, -1, 6],
    [0, 4, 6],
    [3, 3, 3],
    [3, 4, 3],
    [90, 2, 1],
  ] as const) {
    it(`${String(iat)} s from the start, after ${String(seconds)} s: 503, ${String(waits)} s to wait`, async () => {
      const refused = await (await at(seconds))(iat, 'early');
      if (!(refused instanceof CountersignError)) throw new Error('was not refused');
      expect(refused.code).to.equal('temporarily_unavailable');
      expect(refused.fields.retryAfterSeconds).to.equal(waits);
    });
  }

  it('what was used before the store came back older is refused afterwards', async () => {
    const before = await at(3);
    // Used as far ahead as can be, just before the epoch ended whose record is lost now.
    const iat = 3 + AHEAD_SECONDS;
    expect(await before(iat, 'ahead')).to.equal(true);
    const { client, context } = store;
    for (const key of await client.keys(`*assertion*`)) await client.del(key);
    for (const slot of [0, 1, 2, 3]) {
      await client.hset(context.keys.meta(slot), 'epoch_began', String((T + 3.5) * 1000));
    }
    expect(await before(iat, 'ahead')).to.be.instanceOf(CountersignError);
  });
});
