import { expect } from 'chai';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { EvaluationBudget, EvaluationCharge } from '../../../src/domain/budget-ports.js';
import { shardOfAgent } from '../../../src/domain/shard.js';
import { createEvaluationBudget } from '../../../src/redis/stores/evaluation-budget.js';
import { brokenWindow, type Admission } from '../../support/budget-bound.js';
import { spoil, START_MS } from '../../support/budget-subject.js';
import { openTestStore, runnerInHand, type TestStore } from '../../support/store.js';
import { useRedis } from '../../support/use-store.js';

const LIMIT = { burst: 60, per_minute: 120 };
const AGENT = { kind: 'agent', id: 'asker' } as const;
const SERVER = { kind: 'resource_server', id: 'asker' } as const;

describe('the evaluation budget of a caller, on real Redis', function () {
  this.timeout(120_000);
  const redis = useRedis();

  const open: Subject[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  interface Subject {
    readonly store: TestStore;
    readonly shard: number;
    /** Three instances of the service, each with a separate connection. */
    readonly instances: readonly EvaluationBudget[];
    readonly at: (ms: number) => Promise<void>;
    readonly events: () => Promise<number>;
    readonly close: () => void;
  }

  async function subject(): Promise<Subject> {
    const store = await openTestStore(redis);
    const shard = shardOfAgent('asker', store.context.shards);
    const clients = [
      store.client,
      new Redis({ path: redis.socket }),
      new Redis({ path: redis.socket }),
    ];
    await store.setTick(shard, START_MS);
    const made: Subject = {
      ...{ store, shard },
      instances: clients.map((client) =>
        createEvaluationBudget({ ...store.context, runner: runnerInHand(client) }),
      ),
      at: (ms) => store.setTick(shard, START_MS + ms),
      events: () => store.client.xlen(store.context.keys.audit(shard)),
      close: () => {
        for (const client of clients) client.disconnect();
      },
    };
    open.push(made);
    return made;
  }

  const asked = (
    evaluations: number,
    caller: EvaluationCharge['caller'] = AGENT,
  ): EvaluationCharge => ({
    ...{ caller, evaluations, limit: LIMIT },
    refusal: { type: 'access.refused', principal: caller, codes: ['evaluation_rate'] },
  });

  it('never takes more than burst + rate × T over any window T, from three instances at once', async () => {
    const step = fc.record({
      waitMs: fc.oneof(fc.constant(0), fc.nat(500), fc.nat(20_000)),
      asks: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
        const { instances, at, close } = await subject();
        const taken: Admission[] = [];
        let atMs = 0;
        for (const { waitMs, asks } of steps) {
          atMs += waitMs;
          await at(atMs);
          const waits = await Promise.all(
            asks.map((evaluations, i) => instances[i % 3]!.charge(asked(evaluations))),
          );
          for (const [i, wait] of waits.entries()) {
            if (wait === 0) taken.push({ atMs, cost: asks[i]! });
          }
        }
        close();
        expect(taken).not.to.have.length(0);
        expect(brokenWindow(taken, LIMIT)).to.equal(undefined);
      }),
      { numRuns: 20 },
    );
  });

  it('says how long to wait, and that is long enough and no longer; a refusal takes nothing', async () => {
    const { instances, at, close } = await subject();
    const [one, other] = instances as [EvaluationBudget, EvaluationBudget];
    expect(await one.charge(asked(50))).to.equal(0);
    expect(await other.charge(asked(50))).to.equal(20_000);
    expect(await one.charge(asked(50))).to.equal(20_000);
    await at(19_999);
    expect(await other.charge(asked(50))).to.equal(1);
    await at(20_000);
    expect(await other.charge(asked(50))).to.equal(0);
    close();
  });

  it('is each caller’s own: an agent and a resource server of one id have two', async () => {
    const { instances, close } = await subject();
    const [one] = instances as [EvaluationBudget];
    expect(await one.charge(asked(60))).to.equal(0);
    expect(await one.charge(asked(60, SERVER))).to.equal(0);
    expect(await one.charge(asked(1))).to.be.above(0);
    expect(await one.charge(asked(1, SERVER))).to.be.above(0);
    close();
  });

  it('records a refusal once a minute and caller, from however many instances', async () => {
    const { instances, events, store, shard, close } = await subject();
    const before = await events();
    await instances[0]!.charge(asked(60));
    for (let i = 0; i < 30; i++) await instances[i % 3]!.charge(asked(50));
    expect(await events()).to.equal(before + 1);
    const mark = store.context.keys.evaluationRefusal(shard, 'agent', 'asker');
    expect(await store.client.pttl(mark)).to.be.within(1, 60_000);
    await store.client.del(mark);
    await instances[1]!.charge(asked(50));
    expect(await events()).to.equal(before + 2);
    close();
  });

  it('survives a restart of Redis, and its keys go by themselves', async () => {
    const { instances, store, shard, close } = await subject();
    await instances[0]!.charge(asked(60));
    close();
    await redis.restart();
    const client = new Redis({ path: redis.socket });
    const again = createEvaluationBudget({ ...store.context, runner: runnerInHand(client) });
    expect(await again.charge(asked(60))).to.equal(30_000);
    const bucket = store.context.keys.evaluationBucket(shard, 'agent', 'asker');
    expect(await client.pexpiretime(bucket)).to.equal(START_MS + 30_000 + 60_000);
    client.disconnect();
  });

  it('that holds no time is an empty one, and fills again', async () => {
    for (const text of ['', 'full', '-1', '0x10', 'nan', '9999999999999999', 'list']) {
      const { instances, at, store, shard, close } = await subject();
      const bucket = store.context.keys.evaluationBucket(shard, 'agent', 'asker');
      await spoil(store, bucket, text);
      expect(await instances[0]!.charge(asked(50)), text).to.equal(25_000);
      await at(25_000);
      expect(await instances[1]!.charge(asked(50)), text).to.equal(0);
      close();
    }
  });
});
