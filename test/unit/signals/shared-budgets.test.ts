import { expect } from 'chai';
import type { SharedLimits } from '../../../src/domain/budget.js';
import type { BudgetStore, Lease, LeaseRequest } from '../../../src/domain/budget-ports.js';
import { CountersignError, unavailable } from '../../../src/domain/errors.js';
import { chunkOf, createSharedBudgets } from '../../../src/signals/shared-budgets.js';

/** Chunks of 10 units. */
const LIMIT = { per_minute: 600, burst: 60 };
const FAR = Number.MAX_SAFE_INTEGER;

/** A store with answers that the test gives, and a clock that stands still. */
function subject(limits: Partial<SharedLimits> = { owner: LIMIT }, maxBudgets?: number) {
  const asked: LeaseRequest[] = [];
  const now = {
    ms: 1_000_000,
    limits: { owners: {}, ...limits },
    answer: ({ want }: LeaseRequest): Promise<Lease> =>
      Promise.resolve({ granted: want, remaining: 7, waitMs: 0 }),
  };
  const store: BudgetStore = {
    lease(request) {
      asked.push(request);
      return now.answer(request);
    },
  };
  const budgets = createSharedBudgets({
    ...{ store, limits: () => now.limits, clock: { nowMs: () => now.ms } },
    ...(maxBudgets === undefined ? {} : { maxBudgets }),
  });
  const take = (owner: string | undefined = 'acme', cost = 1, deadlineMs = FAR) =>
    budgets.take(owner, cost, deadlineMs);
  return { asked, now, take };
}

const refusing = (waitMs: number) => () => Promise.resolve({ granted: 0, remaining: 0, waitMs });

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('shared budgets', () => {
  it('are a second of the rate at a time, at least 1, and a quarter of the burst at most', () => {
    expect(chunkOf(LIMIT)).to.equal(10);
    expect(chunkOf({ per_minute: 1, burst: 60 })).to.equal(1);
    expect(chunkOf({ per_minute: 600, burst: 20 })).to.equal(5);
    expect(chunkOf({ per_minute: 600, burst: 1 })).to.equal(1);
    expect(chunkOf({ per_minute: 1_000_000, burst: 1_000_000 })).to.equal(1000);
  });

  it('are spent in process, and leased again when a chunk is used up', async () => {
    const { asked, take } = subject();
    for (let i = 0; i < 10; i++) expect(await take()).to.include({ limited: false });
    expect(asked).to.have.length(1);
    await take();
    expect(asked).to.have.length(2);
    expect(asked[0]).to.deep.equal({
      ...{ budget: { owner: 'acme' }, limit: LIMIT, need: 1, want: 10 },
    });
  });

  it('ask for what is missing, and never hold more than a chunk or one request', async () => {
    const { asked, take } = subject();
    await take('acme', 8);
    await take('acme', 5);
    expect(asked[1]).to.include({ need: 3, want: 8 });
    await take('acme', 25);
    expect(asked[2]).to.include({ need: 20, want: 20 });
  });

  it('have at most one lease request in flight', async () => {
    const { asked, now, take } = subject();
    let answer: (lease: Lease) => void = () => undefined;
    now.answer = () => new Promise((resolve) => (answer = resolve));
    const takers = Array.from({ length: 10 }, () => take());
    expect(asked).to.have.length(1);
    answer({ granted: 10, remaining: 50, waitMs: 0 });
    for (const rate of await Promise.all(takers)) expect(rate).to.include({ limited: false });
    expect(asked).to.have.length(1);
  });

  it('tell how long to wait, and do not ask again within a second', async () => {
    const { asked, now, take } = subject();
    now.answer = refusing(5000);
    expect(await take()).to.include({ limited: true, bucket: 'owner', retryAfterMs: 5000 });
    now.ms += 400;
    expect(await take()).to.include({ limited: true, retryAfterMs: 4600 });
    // Four units more, a tenth of a second each.
    expect(await take('acme', 5)).to.include({ retryAfterMs: 5000 });
    expect(asked).to.have.length(1);
    now.ms += 601;
    await take();
    expect(asked).to.have.length(2);
  });

  it('ask again once the wait is over, and when the clock stepped back', async () => {
    const { asked, now, take } = subject();
    now.answer = refusing(100);
    await take();
    now.ms += 100;
    await take();
    now.ms -= 3_600_000;
    await take();
    expect(asked).to.have.length(3);
  });

  it('charge no budget for what another one refuses', async () => {
    const { asked, now, take } = subject({ owner: LIMIT, global: LIMIT });
    await take();
    now.answer = refusing(1000);
    await take('acme', 9);
    expect(asked.map(({ budget }) => budget)).to.deep.equal([...[{ owner: 'acme' }, 'global']]);
    const refused = await take('other', 10);
    expect(refused).to.include({ limited: true, bucket: 'owner' });
    now.answer = ({ want, budget }) =>
      Promise.resolve(
        budget === 'global'
          ? { granted: 0, remaining: 0, waitMs: 1000 }
          : { granted: want, remaining: 0, waitMs: 0 },
      );
    now.ms += 2000;
    expect(await take('third', 10)).to.include({ limited: true, bucket: 'global' });
    expect(await take('third', 10)).to.include({ limited: true, bucket: 'global' });
    expect(
      asked.filter(({ budget }) => budget !== 'global' && budget.owner === 'third'),
    ).to.have.length(1);
  });

  it('are those of the owner named, of every other owner, and none without an owner', async () => {
    const own = { per_minute: 60, burst: 4 };
    const { asked, take } = subject({ owner: LIMIT, owners: { acme: own } });
    await take('acme');
    await take('constructor');
    expect(await take('')).to.equal(undefined);
    expect(asked.map(({ limit }) => limit)).to.deep.equal([own, LIMIT]);
  });

  it('are dropped when their limit changed, in both directions, and when it was taken away', async () => {
    const { asked, now, take } = subject();
    await take();
    now.limits = { owners: {}, owner: { per_minute: 6, burst: 1 } };
    expect(await take()).to.include({ limit: 1, perMinute: 6 });
    now.answer = refusing(10_000);
    expect(await take()).to.include({ limited: true });
    now.limits = { owners: {}, owner: LIMIT };
    now.answer = ({ want }) => Promise.resolve({ granted: want, remaining: 0, waitMs: 0 });
    expect(await take()).to.include({ limited: false });
    expect(asked).to.have.length(4);
    now.limits = { owners: {} };
    expect(await take()).to.equal(undefined);
  });

  it('are dropped after a minute without use', async () => {
    const { asked, now, take } = subject();
    await take();
    now.ms += 60_000;
    await take();
    expect(asked).to.have.length(1);
    now.ms += 60_001;
    await take();
    expect(asked).to.have.length(2);
  });

  it('are cached for a bounded number of owners, and a waiting owner is not evicted', async () => {
    const { asked, now, take } = subject({ owner: LIMIT }, 3);
    let answer: (lease: Lease) => void = () => undefined;
    now.answer = () => new Promise((resolve) => (answer = resolve));
    const waiting = take('first');
    now.answer = ({ want }) => Promise.resolve({ granted: want, remaining: 0, waitMs: 0 });
    for (let i = 0; i < 50; i++) await take(`owner-${String(i)}`);
    answer({ granted: 10, remaining: 0, waitMs: 0 });
    await waiting;
    await take('first');
    expect(
      asked.filter(({ budget }) => budget !== 'global' && budget.owner === 'first'),
    ).to.have.length(1);
    await take('owner-0');
    expect(asked, 'forgotten').to.have.length(52);
  });

  it('deny when the store fails, all that wait for it, and go on when it is back', async () => {
    const { now, take } = subject();
    now.answer = () => Promise.reject(unavailable('away'));
    const codes = await Promise.all([codeOf(take()), codeOf(take())]);
    expect(codes).to.deep.equal(['temporarily_unavailable', 'temporarily_unavailable']);
    now.answer = ({ want }) => Promise.resolve({ granted: want, remaining: 0, waitMs: 0 });
    expect(await take()).to.include({ limited: false });
  });

  it('deny what waited past its deadline', async () => {
    const { now, take } = subject();
    now.answer = ({ need }) => {
      now.ms += 300;
      return Promise.resolve({ granted: need, remaining: 0, waitMs: 0 });
    };
    const deadlineMs = now.ms + 500;
    const codes = await Promise.all(
      Array.from({ length: 5 }, () => codeOf(take('a', 10, deadlineMs))),
    );
    expect(codes.slice(0, 2)).to.deep.equal(['no error', 'no error']);
    expect(codes.slice(2)).to.deep.equal(
      Array.from({ length: 3 }, () => 'temporarily_unavailable'),
    );
  });
});
