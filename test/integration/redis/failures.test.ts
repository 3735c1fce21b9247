import { expect } from 'chai';
import fc from 'fast-check';
import type { FailureBudget, FailureCharge } from '../../../src/domain/ports.js';
import { createFailureLimiter } from '../../../src/identity/failure-limiter.js';
import { connectRedis } from '../../../src/redis/client.js';
import { readScripts, ScriptRunner } from '../../../src/redis/scripts.js';
import { createFailureCounter } from '../../../src/redis/stores/failure-counter.js';
import { targetOf } from '../../../src/redis/target.js';
import { parseRedisUrl } from '../../../src/redis/url.js';
import { until } from '../../support/episode.js';
import { startRedis } from '../../support/redis.js';
import { from } from '../../unit/identity/fakes.js';
import { useRedis, useStore } from '../../support/use-store.js';

/** Slow to forgive: what comes back while a test runs is under a hundredth of a failure. */
const SLOW = 1 / 100_000;
const BUDGETS = {
  pair: { capacity: 3, perSecond: SLOW },
  source: { capacity: 8, perSecond: SLOW },
};
/** What one shard keeps, see chargeFailure. */
const MOST_FIELDS = 256;

function chargeOf(source: string, id: string, budgets = BUDGETS): FailureCharge {
  return { source, budgets, keys: { pair: `token ${source} ${id}`, source: `token ${source}` } };
}

describe('failures that instances count together', function () {
  this.timeout(120_000);
  const redis = useRedis();
  const store = useStore(redis);

  const keysOf = async (): Promise<string[]> =>
    (await store.client.keys('*')).filter(
      (key) =>
        key.startsWith(store.context.keys.failures(0).split('{')[0] ?? '') &&
        key.endsWith(':failures'),
    );

  it('has left what a model of two token buckets has left, with two instances', async () => {
    let run = 0;
    const step = fc.record({ source: fc.nat(2), id: fc.nat(3), instance: fc.nat(1) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
        const name = `run${String(run++)}`;
        const instances = [
          createFailureCounter(store.context),
          createFailureCounter(store.context),
        ];
        const model = new Map<string, number>();
        const take = (key: string, { capacity }: FailureBudget): void => {
          model.set(key, Math.max((model.get(key) ?? capacity) - 1, -capacity));
        };
        for (const { source, id, instance } of steps) {
          const charge = chargeOf(`${name}-${String(source)}`, String(id));
          const { keys, budgets } = charge;
          if ((model.get(keys.pair) ?? budgets.pair.capacity) >= 1)
            take(keys.source, budgets.source);
          take(keys.pair, budgets.pair);
          const left = await instances[instance]?.charge(charge);
          expect(left?.pair).to.be.closeTo(model.get(keys.pair) ?? NaN, 0.01);
          expect(left?.source).to.be.closeTo(model.get(keys.source) ?? NaN, 0.01);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('forgives with time', async () => {
    const counter = createFailureCounter(store.context);
    const fast = { pair: { capacity: 2, perSecond: 20 }, source: { capacity: 2, perSecond: 20 } };
    for (let i = 0; i < 6; i++) await counter.charge(chargeOf('s', 'a', fast));
    await until('all is forgiven', async () => {
      const [key = ''] = await keysOf();
      const times = await store.client.hvals(key);
      const [seconds = 0] = await store.client.time();
      return times.every((time) => Number(time) / 1000 < seconds);
    });
    expect(await counter.charge(chargeOf('s', 'a', fast))).to.deep.equal({ pair: 1, source: 1 });
  });

  it('keeps a bounded number of budgets with a lifetime, however many sources fail', async () => {
    const counter = createFailureCounter(store.context);
    const attacker = chargeOf('debtor', 'a');
    for (let i = 0; i < 20; i++) await counter.charge(attacker);
    const before = (await counter.charge(chargeOf('debtor', 'b'))).source;
    for (let i = 0; i < 40; i++) {
      const sources = Array.from({ length: 100 }, (_, at) => `2001:db8:${String(i)}:${String(at)}`);
      await Promise.all(sources.map((source) => counter.charge(chargeOf(source, 'a'))));
    }
    const keys = await keysOf();
    expect(keys).to.have.length(store.context.shards);
    for (const key of keys) {
      expect(await store.client.hlen(key)).to.be.at.most(MOST_FIELDS);
      expect(await store.client.pttl(key)).to.be.greaterThan(0);
    }
    // Who owes most is forgotten last.
    expect((await counter.charge(chargeOf('debtor', 'c'))).source).to.be.closeTo(before - 1, 0.01);
  });

  it('keeps neither address nor id', async () => {
    await createFailureCounter(store.context).charge(chargeOf('192.0.2.77', 'payroll'));
    const [key = ''] = await keysOf();
    const text = JSON.stringify([key, await store.client.hgetall(key)]);
    expect(text).not.to.match(/192\.0\.2\.77|payroll/);
  });

  it('treats a field without a time as an overdrawn budget, and continues', async () => {
    const counter = createFailureCounter(store.context);
    for (const spoilt of ['', 'full', '-1', '0x10', 'nan', '9'.repeat(400)]) {
      const charge = chargeOf('spoilt', 'a');
      await counter.charge(charge);
      const [key = ''] = await keysOf();
      for (const field of await store.client.hkeys(key)) {
        await store.client.hset(key, field, spoilt);
      }
      expect(await counter.charge(charge), spoilt).to.deep.equal({ pair: -3, source: -8 });
      await store.client.del(key);
    }
  });

  it('costs one command a failure, and none without: a check asks nothing', async () => {
    const counter = createFailureCounter(store.context);
    const limiter = createFailureLimiter({ clock: { nowMs: () => 0 }, shared: counter });
    await counter.charge(chargeOf('warm', 'a'));
    const calls = async (): Promise<number> => {
      const stats = await store.client.info('commandstats');
      return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    const before = await calls();
    for (let i = 0; i < 50; i++) limiter.waitSeconds(from('192.0.2.1'), 'a');
    expect(await calls()).to.equal(before);
    for (let i = 0; i < 7; i++) limiter.charge(from('192.0.2.1'), 'a');
    await until('seven were charged', async () => (await calls()) === before + 7);
  });

  it('a stranger that goes from one instance to the next is known there at its first failure', async () => {
    const clock = { nowMs: () => 0 };
    const counter = createFailureCounter(store.context);
    const charges: Promise<unknown>[] = [];
    const shared = {
      charge: (charge: FailureCharge) => {
        const answer = counter.charge(charge);
        charges.push(answer);
        return answer;
      },
    };
    const [first, second] = [1, 2].map(() => createFailureLimiter({ clock, shared }));
    const here = from('192.0.2.9');
    for (let i = 0; i < 250; i++) {
      first?.charge(here, `id-${String(i)}`);
      await Promise.all(charges);
    }
    expect(second?.waitSeconds(here, 'x')).to.equal(0);
    second?.charge(here, 'x');
    await Promise.all(charges);
    expect(second?.waitSeconds(here, 'x')).to.be.greaterThan(0);
    expect(second?.waitSeconds(from('192.0.2.9', 'revoke'), 'x')).to.equal(0);
  });

  it('when Redis is unavailable the limiter counts in process, without waiting', async () => {
    const own = await startRedis();
    const client = connectRedis(targetOf(parseRedisUrl(own.url)), {
      commandTimeoutMs: 250,
      name: 'test',
      onFailure: () => undefined,
    });
    await client.connect();
    const context = { ...store.context, runner: new ScriptRunner(client, readScripts()) };
    const clock = { nowMs: () => 0 };
    const limiter = createFailureLimiter({ clock, shared: createFailureCounter(context) });
    try {
      await own.kill9();
      for (let i = 0; i < 10; i++) limiter.charge(from('192.0.2.1'), 'a');
      expect(limiter.waitSeconds(from('192.0.2.1'), 'a')).to.equal(6);
    } finally {
      client.disconnect();
      await own.stop();
    }
  });
});
