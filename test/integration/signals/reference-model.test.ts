import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { createDecisionRecorder } from '../../../src/redis/stores/event-recorder.js';
import { DEFAULT_PRIOR } from '../../../src/domain/signals.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { createSignalReader } from '../../../src/redis/stores/signal-reader.js';
import { observe } from '../../../src/signals/model/observe.js';
import { emptyState, type State } from '../../../src/signals/model/state.js';
import { makeAgent, openTestStore, type TestStore } from '../../support/store.js';
import { useRedis } from '../../support/use-store.js';

/** A Monday, so that a stream of weeks meets weekends. */
const START_MS = Date.UTC(2096, 9, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
const NONE = new Uint8Array(0);

interface Step {
  readonly waitMs: number;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly honey: number;
  readonly denied: boolean;
  /** How often it is asked, a second apart. */
  readonly times: number;
}

const names = (prefix: string, count: number) =>
  fc.nat(count - 1).map((n) => `${prefix}${String(n)}`);
const step: fc.Arbitrary<Step> = fc.record({
  waitMs: fc.oneof(
    { weight: 4, arbitrary: fc.nat(60_000) },
    { weight: 4, arbitrary: fc.nat(HOUR_MS) },
    { weight: 2, arbitrary: fc.nat(DAY_MS) },
    { weight: 1, arbitrary: fc.integer({ min: DAY_MS, max: 6 * DAY_MS }) },
  ),
  resource: names('r', 4),
  scopes: fc.uniqueArray(names('s', 40), { minLength: 1, maxLength: 3 }),
  honey: fc.oneof({ weight: 30, arbitrary: fc.constant(0) }, fc.constant(1)),
  denied: fc.boolean(),
  times: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 12 })),
});

const position = (item: string): Uint8Array =>
  createHash('sha1').update(item).digest().subarray(0, 8);

/** That event in the model. */
function observed(state: State, one: Step, atMs: number) {
  const { resource, scopes, honey } = one;
  return observe(
    state,
    {
      ...{ requests: 1, denials: 0, honey, misuse: 0, revokedMs: 0 },
      scopes: Buffer.concat(scopes.map((scope) => position(`scope ${resource} ${scope}`))),
      resource: position(`resource ${resource}`),
    },
    atMs,
  );
}

function denied(state: State, atMs: number): void {
  const event = { requests: 0, denials: 1, honey: 0, misuse: 0, revokedMs: 0 } as const;
  observe(state, { ...event, scopes: NONE, resource: NONE }, atMs);
}

describe('the score in Redis and the reference model', function () {
  this.timeout(240_000);
  const redis = useRedis();
  const open: TestStore[] = [];
  after(() => {
    for (const store of open) store.close();
  });

  /** An agent under a clock of the test's: asks, is denied, is described. */
  async function subject() {
    const store = await openTestStore(redis);
    open.push(store);
    const { agent, shard } = await makeAgent(store, 'agent');
    const gatherer = createSignalGatherer(store.context, () => WIDE);
    const recorder = createDecisionRecorder(store.context);
    const reader = createSignalReader(store.context);
    const { id } = agent.spec;
    return {
      async ask({ resource, scopes, honey }: Step, atMs: number) {
        await store.setTick(shard, atMs);
        const request = { agent, resource, scopes, honeyScopes: honey, count: true };
        const result = await gatherer.gather(request);
        if (result.state !== 'gathered') throw new Error(result.state);
        expect(result.rebuilt).to.equal(undefined);
        return result.signals;
      },
      async deny(atMs: number) {
        await store.setTick(shard, atMs);
        const principal = { kind: 'agent', id } as const;
        await recorder.record(id, { type: 'access.denied', principal }, 'denied');
      },
      describe: () => reader.read(id),
      export: () => reader.export(id),
    };
  }

  const close = (actual: number, expected: number, about: string): void => {
    expect(actual, about).to.be.closeTo(expected, 1e-9 * Math.max(1, Math.abs(expected)));
  };

  it('agree to 1e-9 on random streams over weeks, request by request and term by term', async () => {
    const reached = { warm: 0, high: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const real = await subject();
        let atMs = START_MS;
        let state: State | undefined;
        for (const one of steps) {
          atMs += one.waitMs;
          for (let i = 0; i < one.times; i++) {
            atMs += 1000;
            state ??= emptyState(atMs, DEFAULT_PRIOR);
            const inModel = observed(state, one, atMs);
            const inRedis = await real.ask(one, atMs);
            close(inRedis.anomaly, inModel.anomaly, JSON.stringify(inModel));
            expect(inRedis.learning).to.equal(inModel.learning);
            if (inModel.anomaly > 0.8) reached.high++;
            if (one.denied) {
              denied(state, atMs);
              await real.deny(atMs);
            }
          }
        }
        const profile = await real.describe();
        if (state === undefined || profile === undefined) throw new Error('nothing was observed');
        const idle = { requests: 0, denials: 0, honey: 0, misuse: 0, revokedMs: 0 } as const;
        const now = observe(state, { ...idle, scopes: NONE, resource: NONE }, atMs);
        for (const { name, value, expected, score } of now.terms) {
          const term = profile.terms.find((other) => other.name === name);
          close(term?.value ?? NaN, value, name);
          close(term?.expected ?? NaN, expected, name);
          close(term?.score ?? NaN, score, name);
        }
        expect(profile.events).to.equal(state.events);
        close(profile.learned.requests_10m, state.profile.requestsMean, 'mean');
        close(profile.learned.dispersion, state.spread10m, 'dispersion');
        expect(profile.state_bytes).to.be.at.most(1024);
        if (state.profile.cellsSeen >= 1008) reached.warm++;
      }),
      { numRuns: 40 },
    );
    // Streams that never leave the first week would not show most of the model.
    expect(reached.warm).to.be.greaterThan(0);
    expect(reached.high).to.be.greaterThan(0);
  });
});
