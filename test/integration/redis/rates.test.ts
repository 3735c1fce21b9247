import { expect } from 'chai';
import fc from 'fast-check';
import type { RateLimit } from '../../../src/domain/records.js';
import { brokenWindow, type Admission } from '../../support/budget-bound.js';
import {
  budgetSubject,
  gathered,
  spoil,
  START_MS,
  type BudgetAsk,
} from '../../support/budget-subject.js';
import { useRedis } from '../../support/use-store.js';

const RESOURCES = ['stripe', 'crm'] as const;
/** What may be found where a bucket's time should be. */
const SPOILT = ['', 'full', '-1', '0x10', 'nan', 'inf', '1e99', '9999999999999999', 'list'];

interface Step {
  readonly waitMs: number;
  /** All at once, from several instances. */
  readonly asks: readonly BudgetAsk[];
  /** Which of the limits holds from here on. */
  readonly limit: number;
  /** Put where the agent's bucket is, before the asks. */
  readonly spoilt: string | undefined;
}

const limit = fc.record({
  per_minute: fc.oneof(fc.integer({ min: 1, max: 6_000 }), fc.constant(7)),
  burst: fc.integer({ min: 1, max: 10 }),
  resource_per_minute: fc.integer({ min: 1, max: 6_000 }),
  resource_burst: fc.integer({ min: 1, max: 10 }),
});
const ask = fc.record({
  resource: fc.constantFrom(...RESOURCES),
  cost: fc.integer({ min: 1, max: 6 }),
});
const spoilt = fc.option(fc.constantFrom(...SPOILT), { nil: undefined, freq: 3 });
const steps = (change: 'steady' | 'changing'): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(5_000)),
      asks: fc.array(ask, { minLength: 1, maxLength: 5 }),
      limit: change === 'steady' ? fc.constant(0) : fc.nat(1),
      spoilt: change === 'steady' ? fc.constant(undefined) : spoilt,
    }),
    { minLength: 10, maxLength: 30 },
  );

type Admitted = Admission & { readonly resource: string; readonly step: number };

describe('request budgets', function () {
  this.timeout(120_000);
  const redis = useRedis();

  async function play(limits: readonly RateLimit[], stream: readonly Step[]): Promise<Admitted[]> {
    let now = limits[0]!;
    const { store, agent, shard, gatherers, close } = await budgetSubject(redis, () => now);
    const admitted: Admitted[] = [];
    let atMs = START_MS;
    for (const [step, { waitMs, asks, limit: at, spoilt: text }] of stream.entries()) {
      atMs += waitMs;
      now = limits[at]!;
      await store.setTick(shard, atMs);
      if (text !== undefined) await spoil(store, store.context.keys.bucket(shard, 'agent'), text);
      const answers = asks.map((one, i) => gathered(gatherers[i % 3]!, agent, one));
      for (const [i, { rate, tickMs }] of (await Promise.all(answers)).entries()) {
        expect(tickMs).to.equal(atMs);
        const { resource, cost } = asks[i]!;
        if (!rate.limited) admitted.push({ atMs, cost, resource, step });
      }
    }
    close();
    return admitted;
  }

  /** What was charged to a bucket: never more than it holds. */
  const charged = (admitted: readonly Admission[], burst: number): Admission[] =>
    admitted.map(({ atMs, cost }) => ({ atMs, cost: Math.min(cost, burst) }));

  it('never admit more than burst + rate × T over any window T, per agent and per agent and resource, by cost', async () => {
    await fc.assert(
      fc.asyncProperty(limit, steps('steady'), async (rate, stream) => {
        const admitted = await play([rate], stream);
        expect(admitted, 'the first is admitted').to.not.have.length(0);
        expect(brokenWindow(charged(admitted, rate.burst), rate), 'agent').to.equal(undefined);
        for (const name of RESOURCES) {
          const pair = { per_minute: rate.resource_per_minute, burst: rate.resource_burst };
          const own = admitted.filter(({ resource }) => resource === name);
          expect(brokenWindow(charged(own, pair.burst), pair), name).to.equal(undefined);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('never admit more than the new burst + rate × T once a limit was changed, nor after a bucket was spoilt', async () => {
    await fc.assert(
      fc.asyncProperty(limit, limit, steps('changing'), async (one, other, stream) => {
        const admitted = await play([one, other], stream);
        let from = 0;
        for (let to = 1; to <= stream.length; to++) {
          const { limit: at } = stream[from]!;
          if (to < stream.length && stream[to]!.limit === at) continue;
          const now = [one, other][at]!;
          const during = admitted.filter(({ step }) => step >= from && step < to);
          expect(brokenWindow(charged(during, now.burst), now)).to.equal(undefined);
          from = to;
        }
      }),
      { numRuns: 20 },
    );
  });

  it('admit a request after exactly the announced wait, and not a millisecond earlier', async () => {
    const asks = fc.array(ask, { minLength: 1, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(limit, asks, async (rate, stream) => {
        const { store, agent, shard, gatherers, close } = await budgetSubject(redis, () => rate);
        let atMs = START_MS;
        const askAt = async (one: BudgetAsk, ms: number) => {
          atMs = ms;
          await store.setTick(shard, atMs);
          return (await gathered(gatherers[0], agent, one)).rate;
        };
        for (const one of stream) {
          const { limited, retryAfterMs } = await askAt(one, atMs);
          if (!limited) continue;
          expect(retryAfterMs).to.be.above(0);
          const told = atMs + retryAfterMs;
          expect((await askAt(one, told - 1)).limited, 'a millisecond earlier').to.equal(true);
          expect((await askAt(one, told)).limited, 'as told').to.equal(false);
        }
        close();
      }),
      { numRuns: 20 },
    );
  });

  async function timesOf(rate: RateLimit, waits: readonly number[], cost = 1): Promise<number[]> {
    const stream = waits.map((waitMs) => ({
      ...{ waitMs, limit: 0, spoilt: undefined },
      asks: [{ resource: 'stripe', cost }],
    }));
    return (await play([rate], stream)).map(({ atMs }) => atMs - START_MS);
  }

  it('admit the whole burst at once and nothing more until the interval is over', async () => {
    const rate = { per_minute: 60, burst: 3, resource_per_minute: 6000, resource_burst: 100 };
    expect(await timesOf(rate, [0, 0, 0, 0, 999, 1, 0])).to.deep.equal([0, 0, 0, 1000]);
  });

  it('admit what costs more than the bucket holds once the bucket is full', async () => {
    const rate = { per_minute: 60, burst: 3, resource_per_minute: 6000, resource_burst: 2 };
    expect(await timesOf(rate, [0, 2999, 1], 5)).to.deep.equal([0, 3000]);
  });

  it('charge neither budget when one of them is empty', async () => {
    const rate = { per_minute: 60, burst: 2, resource_per_minute: 60, resource_burst: 1 };
    const stream = ['stripe', 'stripe', 'crm'].map((resource) => ({
      ...{ waitMs: 0, limit: 0, spoilt: undefined },
      asks: [{ resource, cost: 1 }],
    }));
    const admitted = await play([rate], stream);
    expect(admitted.map(({ resource }) => resource)).to.deep.equal(['stripe', 'crm']);
  });
});
