import { expect } from 'chai';
import fc from 'fast-check';
import { CountersignError } from '../../../src/domain/errors.js';
import { newShardedId } from '../../../src/domain/ids.js';
import type { AgentRecord } from '../../../src/domain/records.js';
import { createAssertionGuard } from '../../../src/redis/stores/assertion-guard.js';
import { createAuditStreams } from '../../../src/redis/stores/audit-streams.js';
import { recordEvents } from '../../../src/redis/stores/event-recorder.js';
import { makeAgent, openTestStore } from '../../support/store.js';
import { useRedis } from '../../support/use-store.js';
import { BOUND_MS, ClockWorld, SYSTEM, TTL_SECONDS } from '../../support/clock-world.js';

const HOUR_MS = 3_600_000;
/** Beyond the bound, and slack for a busy machine between two looks at a clock. */
const SLACK_MS = 120_000;

/** Returns the refusal of a promise; throws when it was fulfilled. */
async function refusal(promise: Promise<unknown>): Promise<CountersignError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CountersignError)) throw new Error('was not refused', { cause: error });
  return error;
}

describe('the clock of the store', function () {
  this.timeout(120_000);
  const redis = useRedis();
  const worlds: ClockWorld[] = [];

  async function world(): Promise<ClockWorld> {
    const store = await openTestStore(redis);
    const made = new ClockWorld(
      store,
      ...(Object.values(await makeAgent(store, 'agent')) as [AgentRecord, number]),
    );
    worlds.push(made);
    return made;
  }

  afterEach(async () => {
    await worlds[0]?.moveRedis(0);
    for (const { store } of worlds.splice(0)) store.close();
  });

  for (const [name, redisMs, nodeMs, says] of [
    ['Redis two hours ahead', 2 * HOUR_MS, 0, /clock of Redis is \d+ ms ahead of this node/],
    ['Redis two hours behind', -2 * HOUR_MS, 0, /clock of Redis is \d+ ms behind this node/],
    ['the node two hours ahead', 0, 2 * HOUR_MS, /clock of Redis is \d+ ms behind this node/],
  ] as const) {
    it(`${name}: gather and commit write nothing`, async () => {
      const one = await world();
      const gathered = await one.gather();
      await one.moveRedis(redisMs);
      one.nodeOffMs = nodeMs;
      const before = await one.everything();
      for (const refused of [
        await refusal(one.gather()),
        await refusal(one.commit(gathered)),
        await refusal(one.permit(gathered)),
      ]) {
        expect(refused).to.deep.include({ code: 'clock_not_trusted' });
        expect(refused.fields).to.deep.equal({ retryAfterSeconds: 1 });
        expect(refused.message).to.match(says);
      }
      expect(await one.everything()).to.equal(before);
      expect(one.doubts).to.deep.equal(['skew', 'skew', 'skew']);
      await one.moveRedis(0);
      one.nodeOffMs = 0;
      expect((await one.commit(await one.gather())).state).to.equal('committed');
    });
  }

  it('both clocks two hours ahead: the tick they left is refused once they are right', async () => {
    const one = await world();
    await one.moveRedis(2 * HOUR_MS);
    one.nodeOffMs = 2 * HOUR_MS;
    await one.gather();
    await one.moveRedis(0);
    one.nodeOffMs = 0;
    const before = await one.everything();
    expect((await refusal(one.gather())).message).to.match(/the tick of the shard is \d+ ms ahead/);
    expect(await one.everything()).to.equal(before);
    expect(one.doubts).to.deep.equal(['ahead']);
  });

  it('a lifetime begins at the clock of Redis when the tick is a little ahead of it', async () => {
    const one = await world();
    const { client, context } = one.store;
    const aheadMs = BOUND_MS / 2;
    await client.hset(context.keys.meta(one.shard), 'tick', String(Date.now() + aheadMs));
    const { tick } = await one.meta();
    const gathered = await one.gather();
    expect(gathered.tickMs).to.be.at.most(Date.now()).and.below(Number(tick));
    expect((await one.commit(gathered)).state).to.equal('committed');
    expect(await one.meta()).to.include({ tick });
  });

  it('what ends is over by the latest clock: neither Redis nor the tick can stand still', async () => {
    const one = await world();
    const { jti, expMs } = await one.commit(await one.gather());
    expect(await one.why(jti)).to.equal('active');
    await one.moveRedis(-2 * HOUR_MS);
    expect(await one.why(jti), 'Redis went back').to.equal('active');
    one.nodeOffMs = expMs - Date.now() + SLACK_MS;
    expect(await one.why(jti), 'and the node says that it is over').to.equal('expired');
    one.nodeOffMs = 0;
    await one.moveRedis(expMs - Date.now() + 1);
    expect(await one.why(jti), 'Redis says so').to.equal('expired');
  });

  it('an epoch that is drawn under a wrong clock begins with the next right one', async () => {
    const one = await world();
    const { client, context } = one.store;
    await one.gather();
    await one.moveRedis(2 * HOUR_MS);
    await client.hset(
      context.keys.meta(one.shard),
      'identity',
      `${'0'.repeat(40)}/${'0'.repeat(40)}`,
    );
    const { epoch, tick } = await one.meta();
    await recordEvents(one.context, one.shard, [{ type: 'token.misused', principal: SYSTEM }]);
    expect(await one.meta()).to.include({ tick, epoch_began: '' });
    expect((await one.meta())['epoch']).not.to.equal(epoch);
    const iat = Math.floor(Date.now() / 1000) + 1;
    const guard = createAssertionGuard(one.context, 5);
    const early = await refusal(guard.consume('agent', 'jti', iat, iat + 60));
    expect(early.code).to.equal('temporarily_unavailable');

    await one.moveRedis(0);
    await recordEvents(one.context, one.shard, [{ type: 'token.misused', principal: SYSTEM }]);
    const { epoch_began: began } = await one.meta();
    expect(Number(began)).to.be.within(Number(tick), Date.now());
  });

  it('the record of a used assertion outlives it, however far the tick is ahead', async () => {
    const one = await world();
    const { client, context } = one.store;
    const times = { tick: Date.now() + BOUND_MS / 2, epoch_began: 1 };
    await client.hset(context.keys.meta(one.shard), times);
    const iat = Math.floor(Date.now() / 1000);
    const guard = createAssertionGuard(one.context, 5);
    expect(await guard.consume('agent', 'ahead', iat, iat + 60)).to.equal(true);
    const keys = await client.keys('t*');
    const [key = ''] = keys.filter((name) => name.includes('assertion'));
    expect(await client.pexpiretime(key)).to.be.at.least((iat + 60 + 60) * 1000 - 10);
  });

  it('a tick that is ahead of both clocks lets no assertion be issued ahead', async () => {
    const one = await world();
    const { client, context } = one.store;
    const times = { tick: Date.now() + 2 * HOUR_MS, epoch_began: 1 };
    await client.hset(context.keys.meta(one.shard), times);
    const guard = createAssertionGuard(one.context, 5);
    const iat = Math.floor(Date.now() / 1000);
    const late = iat + (2 * HOUR_MS) / 1000 - 60;
    expect(await guard.consume('agent', 'late', late, late + 60)).to.equal(false);
    expect(await guard.consume('agent', 'now', iat, iat + 60)).to.equal(true);
  });

  it('ids rise while every clock is in doubt and no tick is stored', async () => {
    const one = await world();
    const { keys } = one.store.context;
    await one.store.client.del(keys.meta(one.shard), keys.audit(one.shard));
    for (const nodeOffMs of [-HOUR_MS, -3 * HOUR_MS, -2 * HOUR_MS, 0]) {
      one.nodeOffMs = nodeOffMs;
      await recordEvents(one.context, one.shard, [{ type: 'token.misused', principal: SYSTEM }]);
    }
    const entries = await createAuditStreams(one.store.context).read(one.shard, '0-0', 1000);
    expect(entries.map(({ seq }) => seq)).to.deep.equal([1, 2, 3, 4]);
  });

  it('requests after a revocation whose time is in the future are not counted', async () => {
    const one = await world();
    const { client, context } = one.store;
    const field = 'agent:agent';
    const terms = async (atMs: number) => {
      const floor = ['F', '0', '0', '0', String(atMs), 'rev_x'].join('|');
      await client.hset(context.keys.revocations(one.shard), field, floor);
      for (let i = 0; i < 20; i++) await one.gather();
      return (await one.gather()).signals.terms.map(({ name }) => name);
    };
    expect(await terms(Date.now() + HOUR_MS)).not.to.include('after_revocation');
    expect(await terms(Date.now() - 1)).to.include('after_revocation');
  });

  const step = fc.oneof(
    fc.record({
      do: fc.constant('move' as const),
      redisMs: fc.constantFrom(0, 0, 2 * HOUR_MS, -2 * HOUR_MS, 3 * HOUR_MS),
      nodeMs: fc.constantFrom(0, 0, 0, 2 * HOUR_MS, -HOUR_MS),
    }),
    fc.constantFrom(...(['grant', 'revoke', 'record'] as const)).map((name) => ({ do: name })),
  );

  it('whatever the clocks do: no trace of a refused one, no lifetime over its cap, ids that rise', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
        const one = await world();
        let [redisMs, nodeMs] = [0, 0];
        let trustedMs = Number((await one.meta())['tick']);
        const granted: string[] = [];
        for (const next of steps) {
          if (next.do === 'move') {
            [redisMs, nodeMs] = [next.redisMs, next.nodeMs];
            await one.moveRedis(redisMs);
            one.nodeOffMs = nodeMs;
            continue;
          }
          const before = await one.meta();
          const isTrusted = redisMs === nodeMs;
          const isAhead = trustedMs > Date.now() + redisMs + BOUND_MS;
          if (next.do === 'grant') {
            const made = await one
              .gather()
              .then((gathered) => one.commit(gathered))
              .catch((error: unknown) => error);
            if (!isTrusted || isAhead) {
              expect(made).to.deep.include({ code: 'clock_not_trusted' });
              expect(await one.meta()).to.deep.equal(before);
              continue;
            }
            const { state, jti, expMs } = made as Awaited<ReturnType<ClockWorld['commit']>>;
            expect(state).to.equal('committed');
            expect(expMs).to.be.at.most(Date.now() + redisMs + TTL_SECONDS * 1000);
            granted.push(jti);
          } else if (next.do === 'revoke') {
            const jti = granted.pop() ?? newShardedId('jti', one.shard);
            expect(await one.revoke(jti)).to.include({ state: 'done' });
            expect(await one.why(jti)).not.to.equal('active');
          } else {
            await recordEvents(one.context, one.shard, [
              { type: 'token.misused', principal: SYSTEM },
            ]);
          }
          const { tick, seq } = await one.meta();
          expect(Number(seq)).to.be.above(Number(before['seq']));
          if (isTrusted && !isAhead) {
            expect(Number(tick)).to.be.within(trustedMs, Date.now() + redisMs);
            trustedMs = Number(tick);
          } else expect(tick).to.equal(before['tick']);
        }
        const entries = await createAuditStreams(one.store.context).read(one.shard, '0-0', 1000);
        expect(entries.map(({ seq }) => seq)).to.deep.equal(
          entries.map(({ seq }) => seq).sort((a, b) => a - b),
        );
        for (const { tickMs } of entries) expect(tickMs).to.be.at.most(trustedMs);
        await one.moveRedis(0);
      }),
      { numRuns: 25 },
    );
  });
});
