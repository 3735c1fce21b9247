import { expect } from 'chai';
import fc from 'fast-check';
import type { RateLimit } from '../../../src/domain/records.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { makeAgent, openTestStore } from '../../support/store.js';

const START_MS = 4_000_000_000_000;

interface Request {
  readonly waitMs: number;
  readonly resource: string;
}

const requests = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(5_000)),
    resource: fc.constantFrom('stripe', 'crm'),
  }),
  { minLength: 20, maxLength: 60 },
);
const limits = fc.record({
  per_minute: fc.integer({ min: 1, max: 6_000 }),
  burst: fc.integer({ min: 1, max: 10 }),
  resource_per_minute: fc.integer({ min: 1, max: 6_000 }),
  resource_burst: fc.integer({ min: 1, max: 10 }),
});

/** The times in ms at which a stream of requests was admitted, by resource. */
async function admitted(
  redis: TestRedis,
  rate: RateLimit,
  stream: readonly Request[],
): Promise<{ atMs: number; resource: string }[]> {
  const store = await openTestStore(redis);
  const { agent, shard } = await makeAgent(store, 'agent');
  const gatherer = createSignalGatherer(store.context, () => rate);
  const times: { atMs: number; resource: string }[] = [];
  let atMs = START_MS;
  for (const { waitMs, resource } of stream) {
    atMs += waitMs;
    await store.setTick(shard, atMs);
    const result = await gatherer.gather({
      agent,
      resource,
      scopes: ['read'],
      honeyScopes: 0,
      count: true,
    });
    if (result.state !== 'gathered') throw new Error(result.state);
    expect(result.tickMs).to.equal(atMs);
    if (!result.rate.limited) times.push({ atMs, resource });
  }
  store.close();
  return times;
}

/** Whether over any window the count is at most burst + rate × window. */
function withinBound(times: readonly number[], perMinute: number, burst: number): boolean {
  return times.every((from, first) =>
    times.slice(first).every((to, offset) => {
      const allowed = burst + (perMinute / 60_000) * (to - from);
      return offset + 1 <= Math.floor(allowed + 1e-9);
    }),
  );
}

describe('request budgets', function () {
  this.timeout(120_000);
  let redis: TestRedis;
  before(async () => {
    redis = await startRedis();
  });
  after(async () => {
    await redis.stop();
  });

  it('never admit more than burst + rate × T over any window T, per agent and per agent and resource', async () => {
    await fc.assert(
      fc.asyncProperty(limits, requests, async (rate, stream) => {
        const times = await admitted(redis, rate, stream);
        const all = times.map(({ atMs }) => atMs);
        expect(withinBound(all, rate.per_minute, rate.burst), 'agent').to.equal(true);
        for (const name of ['stripe', 'crm']) {
          const own = times.filter(({ resource }) => resource === name).map(({ atMs }) => atMs);
          const bound = withinBound(own, rate.resource_per_minute, rate.resource_burst);
          expect(bound, name).to.equal(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('admit the whole burst at once and nothing more until the interval is over', async () => {
    const rate = { per_minute: 60, burst: 3, resource_per_minute: 6000, resource_burst: 100 };
    const waits = [0, 0, 0, 0, 999, 1, 0];
    const times = await admitted(
      redis,
      rate,
      waits.map((waitMs) => ({ waitMs, resource: 'stripe' })),
    );
    expect(times.map(({ atMs }) => atMs - START_MS)).to.deep.equal([0, 0, 0, 1000]);
  });

  it('charge neither budget when one of them is empty', async () => {
    const rate = { per_minute: 60, burst: 2, resource_per_minute: 60, resource_burst: 1 };
    const stream = ['stripe', 'stripe', 'crm'].map((resource) => ({ waitMs: 0, resource }));
    const times = await admitted(redis, rate, stream);
    expect(times.map(({ resource }) => resource)).to.deep.equal(['stripe', 'crm']);
  });

  it('say how long to wait, and which budget was empty', async () => {
    const rate = { per_minute: 60, burst: 1, resource_per_minute: 6000, resource_burst: 100 };
    const store = await openTestStore(redis);
    const { agent, shard } = await makeAgent(store, 'waits');
    const gatherer = createSignalGatherer(store.context, () => rate);
    await store.setTick(shard, START_MS);
    const ask = { agent, resource: 'stripe', scopes: ['read'], honeyScopes: 0, count: true };
    await gatherer.gather(ask);
    const second = await gatherer.gather(ask);
    if (second.state !== 'gathered') throw new Error(second.state);
    expect(second.rate).to.include({ limited: true, bucket: 'agent', retryAfterMs: 1000 });
    store.close();
  });
});
