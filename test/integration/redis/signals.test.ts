import { expect } from 'chai';
import fc from 'fast-check';
import type { Signals } from '../../../src/domain/signals.js';
import { createDecisionRecorder } from '../../../src/redis/stores/event-recorder.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { makeAgent, openTestStore, type TestStore } from '../../support/store.js';
import { useRedis } from '../../support/use-store.js';

const START_MS = 4_000_000_000_000;
const MINUTE_MS = 60_000;
const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };

describe('signals of an agent', function () {
  this.timeout(120_000);
  const redis = useRedis();
  const open: TestStore[] = [];
  after(() => {
    for (const store of open) store.close();
  });

  /** An agent under a clock of the test, and what its gathers answer. */
  async function agentUnderTest(): Promise<{
    gatherAt(atMs: number, scopes?: readonly string[], count?: boolean | 'peek'): Promise<Signals>;
    /** Every key of the agent's shard but its clock and sequence, as the server would dump it. */
    dump(): Promise<Readonly<Record<string, string | undefined>>>;
    denyAt(atMs: number): Promise<void>;
  }> {
    const store = await openTestStore(redis);
    open.push(store);
    const { agent, shard } = await makeAgent(store, 'agent');
    const gatherer = createSignalGatherer(store.context, () => WIDE);
    const recorder = createDecisionRecorder(store.context);
    return {
      async gatherAt(atMs, scopes = ['read'], count: boolean | 'peek' = true) {
        await store.setTick(shard, atMs);
        const result = await gatherer.gather({
          agent,
          resource: 'stripe',
          scopes,
          honeyScopes: 0,
          count,
        });
        if (result.state !== 'gathered') throw new Error(result.state);
        return result.signals;
      },
      async dump() {
        const meta = store.context.keys.meta(shard);
        const names = await store.client.keys(meta.replace(/meta$/, '*'));
        const kept = names.filter((name) => name !== meta).sort();
        const dumps = await Promise.all(kept.map((name) => store.client.dumpBuffer(name)));
        return Object.fromEntries(kept.map((name, i) => [name, dumps[i]?.toString('hex')]));
      },
      async denyAt(atMs) {
        await store.setTick(shard, atMs);
        const event = {
          type: 'access.denied',
          principal: { kind: 'agent', id: agent.spec.id },
        } as const;
        await recorder.record(agent.spec.id, event, 'denied');
      },
    };
  }

  it('count requests in windows that cover between five and six sixths of their name', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 * MINUTE_MS }), { minLength: 5, maxLength: 30 }),
        async (waits) => {
          const subject = await agentUnderTest();
          const times: number[] = [];
          let atMs = START_MS;
          for (const wait of waits) {
            atMs += wait;
            times.push(atMs);
            const { requests_10m } = await subject.gatherAt(atMs);
            const since = (ms: number): number => times.filter((time) => time > atMs - ms).length;
            expect(requests_10m).to.be.at.least(since((10 * MINUTE_MS * 5) / 6));
            expect(requests_10m).to.be.at.most(since(10 * MINUTE_MS));
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('count denials for an hour', async () => {
    const subject = await agentUnderTest();
    await subject.gatherAt(START_MS);
    await subject.denyAt(START_MS);
    await subject.denyAt(START_MS + MINUTE_MS);
    expect((await subject.gatherAt(START_MS + 2 * MINUTE_MS)).denials_60m).to.equal(2);
    expect((await subject.gatherAt(START_MS + 62 * MINUTE_MS)).denials_60m).to.equal(0);
  });

  it('see a scope as new once, and as new again after four weeks without it', async () => {
    const subject = await agentUnderTest();
    const first = await subject.gatherAt(START_MS, ['read', 'write']);
    expect(first).to.include({
      first_seen_scopes_60m: 2,
      first_seen_resources_60m: 1,
      first_seen_now: true,
    });
    const second = await subject.gatherAt(START_MS + 1, ['read', 'write']);
    expect(second).to.include({ first_seen_scopes_60m: 2, first_seen_now: false });
    const later = await subject.gatherAt(START_MS + 61 * MINUTE_MS, ['read']);
    expect(later).to.include({ first_seen_scopes_60m: 0, first_seen_now: false });
    const day = 24 * 60 * MINUTE_MS;
    await subject.gatherAt(START_MS + 15 * day, ['search']);
    const back = await subject.gatherAt(START_MS + 30 * day, ['read']);
    expect(back).to.include({ first_seen_now: true, first_seen_scopes_60m: 1 });
  });

  it('do not count the second gather of one request', async () => {
    const subject = await agentUnderTest();
    const first = await subject.gatherAt(START_MS, ['read']);
    const second = await subject.gatherAt(START_MS + 1, ['read'], false);
    const { terms, anomaly, ...counts } = first;
    expect(second).to.deep.include(counts);
    // A millisecond has passed; what is expected by now has moved by as much.
    expect(second.anomaly).to.be.closeTo(anomaly, 1e-4);
    expect(second.terms.map(({ name, value }) => [name, value])).to.deep.equal(
      terms.map(({ name, value }) => [name, value]),
    );
  });

  it('return for a question what counting it would return, and store nothing', async () => {
    const step = fc.record({
      wait: fc.integer({ min: 1, max: 90 * MINUTE_MS }),
      scopes: fc.uniqueArray(fc.constantFrom('read', 'write', 'search'), { minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const subject = await agentUnderTest();
        let atMs = START_MS;
        for (const { wait, scopes } of steps) {
          atMs += wait;
          const before = await subject.dump();
          const peeked = await subject.gatherAt(atMs, scopes, 'peek');
          expect(await subject.dump()).to.deep.equal(before);
          expect(peeked).to.deep.equal(await subject.gatherAt(atMs, scopes));
        }
      }),
      { numRuns: 15 },
    );
  });
});
