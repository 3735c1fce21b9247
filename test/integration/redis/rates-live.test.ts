import { expect } from 'chai';
import type { RateLimit } from '../../../src/domain/records.js';
import {
  budgetSubject,
  gathered,
  spoil,
  START_MS,
  type BudgetSubject,
} from '../../support/budget-subject.js';
import { makeAgent } from '../../support/store.js';
import { useRedis } from '../../support/use-store.js';

const WIDE_PAIR = { resource_per_minute: 6000, resource_burst: 100 };
/** What is no time, however it got there. */
const SPOILT = ['', 'full', '-1', '0x10', 'nan', 'inf', '1e99', 'list'];
const ONE = { resource: 'stripe', cost: 1 };

describe('a request budget', function () {
  this.timeout(60_000);
  const redis = useRedis();
  let now: RateLimit;
  let one: BudgetSubject;
  beforeEach(async () => {
    one = await budgetSubject(redis, () => now);
  });
  afterEach(() => {
    one.close();
  });

  const ask = () => gathered(one.gatherers[0], one.agent, ONE);
  const limited = async () => (await ask()).rate.limited;
  const at = (ms: number) => one.store.setTick(one.shard, START_MS + ms);
  const key = () => one.store.context.keys.bucket(one.shard, 'agent');

  it('says how long to wait, and which budget was empty', async () => {
    now = { per_minute: 60, burst: 1, ...WIDE_PAIR };
    await ask();
    expect((await ask()).rate).to.include({ limited: true, bucket: 'agent', retryAfterMs: 1000 });
  });

  it('tells the longer wait when both are empty', async () => {
    now = { per_minute: 60, burst: 1, resource_per_minute: 6, resource_burst: 1 };
    await ask();
    expect((await ask()).rate).to.include({ bucket: 'agent_resource', retryAfterMs: 10_000 });
  });

  for (const spoilt of SPOILT) {
    it(`is reset to empty in place of ${JSON.stringify(spoilt)}, reports it, and refills`, async () => {
      now = { per_minute: 60, burst: 3, ...WIDE_PAIR };
      await spoil(one.store, key(), spoilt);
      const first = await ask();
      expect(first.rate).to.include({ limited: true, remaining: 0, retryAfterMs: 1000 });
      expect(first.rebuilt).to.equal('bucket');
      await at(1000);
      const later = await ask();
      expect(later.rate.limited).to.equal(false);
      expect(later.rebuilt).to.equal(undefined);
    });
  }

  it('is empty, and no longer, where a time far ahead stood', async () => {
    now = { per_minute: 60, burst: 3, ...WIDE_PAIR };
    await spoil(one.store, key(), '9007199254740993');
    expect((await ask()).rate).to.include({ limited: true, retryAfterMs: 1000 });
    await at(1000);
    expect(await limited()).to.equal(false);
  });

  it('takes a lowered and a raised limit from the next request on', async () => {
    const narrow = { per_minute: 1, burst: 1, ...WIDE_PAIR };
    const wide = { ...narrow, per_minute: 6000, burst: 10 };
    now = wide;
    for (let i = 0; i < 10; i++) expect(await limited(), 'wide').to.equal(false);
    await at(100);
    now = narrow;
    expect(await limited(), 'the bucket is full again').to.equal(false);
    expect(await limited(), 'lowered').to.equal(true);
    now = wide;
    // A minute of debt under the old limit is no more than an empty bucket under the new one.
    expect((await ask()).rate).to.include({ limited: true, retryAfterMs: 10 });
    await at(110);
    expect(await limited(), 'raised').to.equal(false);
  });

  it('is one for many sessions and tasks of an agent, and another agent has its own', async () => {
    now = { per_minute: 1, burst: 2, ...WIDE_PAIR };
    const asked = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const n = String(i);
        return one.gatherers[i % 3]!.gather({
          ...{ agent: one.agent, resource: 'stripe', scopes: ['read'], honeyScopes: 0 },
          declared: { session_id: `s-${n}`, task_id: `t-${n}`, user_id: `u-${n}` },
          count: true,
        });
      }),
    );
    const passed = asked.filter((result) => result.state === 'gathered' && !result.rate.limited);
    expect(passed).to.have.length(2);
    const { agent: modest } = await makeAgent(one.store, 'modest');
    const own = await gathered(one.gatherers[0], modest, ONE);
    expect(own.rate).to.include({ limited: false, remaining: 1 });
    const buckets = await one.store.client.keys(`${key()}*`);
    expect(buckets.sort()).to.deep.equal([key(), `${key()}:stripe`]);
  });

  it('is not charged by a question that only peeks, nor by a second round', async () => {
    now = { per_minute: 1, burst: 1, ...WIDE_PAIR };
    const look = { agent: one.agent, resource: 'stripe', scopes: ['read'], honeyScopes: 0 };
    for (const count of ['peek', false, 'peek'] as const) {
      await one.gatherers[0].gather({ ...look, count });
    }
    expect((await ask()).rate).to.include({ limited: false, remaining: 0 });
  });

  it('leaves its key only when it is full, also while the clock of the shard is ahead', async () => {
    now = { per_minute: 1, burst: 60, ...WIDE_PAIR };
    await gathered(one.gatherers[0], one.agent, { resource: 'stripe', cost: 60 });
    const fullMs = START_MS + 60 * 60_000;
    expect(await one.store.client.pexpiretime(key())).to.be.at.least(fullMs);
  });
});
