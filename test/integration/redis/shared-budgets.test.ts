import { expect } from 'chai';
import fc from 'fast-check';
import type { SharedLimits } from '../../../src/domain/budget.js';
import { CountersignError } from '../../../src/domain/errors.js';
import { chunkOf } from '../../../src/signals/shared-budgets.js';
import { brokenWindow } from '../../support/budget-bound.js';
import {
  playShared,
  sharedSubject,
  type SharedAsk,
  type SharedSubject,
} from '../../support/shared-budget-subject.js';
import { useRedis } from '../../support/use-store.js';

const MAX_COST = 4;
const FAR = Number.MAX_SAFE_INTEGER;

const limit = fc.record({
  per_minute: fc.oneof(fc.integer({ min: 1, max: 6000 }), fc.constant(600)),
  burst: fc.integer({ min: MAX_COST, max: 40 }),
});
const ask: fc.Arbitrary<SharedAsk> = fc.record({
  owner: fc.constantFrom('acme', 'Umbrella {s1} *'),
  cost: fc.integer({ min: 1, max: MAX_COST }),
  instance: fc.nat(2),
});
const steps = fc.array(
  fc.record({
    waitMs: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(5000)),
    asks: fc.array(ask, { minLength: 1, maxLength: 12 }),
  }),
  { minLength: 10, maxLength: 25 },
);

describe('budgets that agents share', function () {
  this.timeout(120_000);
  const redis = useRedis();

  it('admit at most burst + rate × T + instances × chunk over any window T, by owner and in all', async () => {
    await fc.assert(
      fc.asyncProperty(
        limit,
        limit,
        fc.integer({ min: 2, max: 3 }),
        steps,
        async (owner, global, count, stream) => {
          const one = await sharedSubject(redis, count, {
            limits: () => ({ owner, owners: {}, global }),
          });
          const admitted = await playShared(one, stream);
          expect(admitted, 'the first is admitted').to.not.have.length(0);
          const slack = (of: typeof owner): number => count * Math.max(chunkOf(of), MAX_COST);
          expect(brokenWindow(admitted, global, slack(global)), 'global').to.equal(undefined);
          for (const name of new Set(admitted.map((each) => each.owner))) {
            const own = admitted.filter((each) => each.owner === name);
            expect(brokenWindow(own, owner, slack(owner)), name).to.equal(undefined);
          }
          one.close();
        },
      ),
      { numRuns: 20 },
    );
  });

  /** All instances lease, wait until the budget is full again, and are then asked for all they can. */
  async function hoarded(size?: () => number): Promise<number> {
    const owner = { per_minute: 60, burst: 40 };
    const one = await sharedSubject(redis, 2, {
      limits: () => ({ owner, owners: {} }),
      ...(size === undefined ? {} : { chunkOf: size }),
    });
    const asks = (times: number): SharedAsk[] =>
      Array.from({ length: times }, (_, i) => ({ owner: 'acme', cost: 1, instance: i }));
    await playShared(one, [{ waitMs: 0, asks: asks(2) }]);
    const admitted = await playShared(one, [{ waitMs: 40_000, asks: asks(200) }]);
    one.close();
    return admitted.length;
  }

  it('hold to the bound since chunks are small: with chunks as large as the budget it is broken', async () => {
    const bound = 40 + 2 * chunkOf({ per_minute: 60, burst: 40 });
    expect(await hoarded()).to.be.within(40, bound);
    expect(await hoarded(() => 40)).to.be.above(bound);
  });

  /** One budget of 5 units at once, one of which comes back each second. */
  async function narrow(more: Partial<SharedLimits> = {}) {
    const owner = { per_minute: 60, burst: 5 };
    const limits: SharedLimits = { owner, owners: {}, ...more };
    return sharedSubject(redis, 2, { limits: () => limits });
  }

  async function untilEmpty(one: SharedSubject, owner: string): Promise<number> {
    for (let taken = 0; ; taken++) {
      const rate = await one.instances[taken % 2]!.take(owner, 1, FAR);
      if (rate?.limited === true) return taken;
    }
  }

  it('admit a request after the announced wait', async () => {
    const one = await narrow();
    expect(await untilEmpty(one, 'acme')).to.equal(5);
    for (const cost of [1, 3, 2]) {
      const told = await one.instances[0]!.take('acme', cost, FAR);
      expect(told).to.include({ limited: true, bucket: 'owner', remaining: 0 });
      await one.wait((told?.retryAfterMs ?? 0) - 1);
      expect(await one.instances[1]!.take('acme', cost, FAR)).to.include({ limited: true });
      await one.wait(1);
      expect(await one.instances[0]!.take('acme', cost, FAR)).to.include({ limited: false });
    }
    one.close();
  });

  it('leave the budgets of other owners alone, whatever they are called', async () => {
    const one = await narrow();
    await untilEmpty(one, 'acme');
    const names = ['Acme', 'acme ', 'owner acme', 'global', '}{s1}', '__proto__', 'ä'.repeat(256)];
    for (const name of names) expect(await untilEmpty(one, name), name).to.equal(5);
    one.close();
  });

  it('have one key of fixed length for each owner, and one for all', async () => {
    const one = await narrow({ global: { per_minute: 6000, burst: 600 } });
    for (const name of ['acme', 'x'.repeat(256), '*', 'acme']) {
      await one.instances[0]!.take(name, 1, FAR);
    }
    const keys = await one.context.runner.client.keys(
      `${one.context.keys.meta(0).split(':')[0]!}:*-budget*`,
    );
    const names = keys.map((key) => key.replace(/^t\d+:/, ''));
    expect(
      names.filter((name) => /^\{s[0-3]\}:owner-budget:[0-9a-f]{32}$/.test(name)),
    ).to.have.length(3);
    expect(names.filter((name) => name === '{control}:global-budget')).to.have.length(1);
    expect(names).to.have.length(4);
    one.close();
  });

  it('are reset to empty when the key has an invalid value', async () => {
    const one = await narrow({ global: { per_minute: 60, burst: 5 } });
    await one.context.runner.client.set(one.context.keys.globalBudget, 'full');
    const [first, second] = one.instances;
    const refused = await first!.take('acme', 2, FAR);
    expect(refused).to.include({ limited: true, bucket: 'global', retryAfterMs: 2000 });
    await one.wait(2000);
    expect(await second!.take('acme', 2, FAR)).to.include({ limited: false });
    one.close();
  });

  it('deny while the store is away', async () => {
    const one = await narrow();
    one.close();
    try {
      await one.instances[0]!.take('acme', 1, FAR);
      expect.fail('it was admitted');
    } catch (error) {
      expect(error)
        .to.be.instanceOf(CountersignError)
        .with.property('code', 'temporarily_unavailable');
    }
  });
});
