import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import type { GatherResult } from '../../../src/domain/ports.js';
import { createDecisionRecorder } from '../../../src/redis/stores/event-recorder.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { createSignalReader } from '../../../src/redis/stores/signal-reader.js';
import { makeAgent, openTestStore, type TestStore } from '../../support/store.js';
import { useRedis } from '../../support/use-store.js';

const START_MS = 4_000_000_000_000;
const HOUR_MS = 3_600_000;
const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
type Gathered = Extract<GatherResult, { state: 'gathered' }>;

/** Changes the unpacked state `s` by a line of Lua, and stores it again. */
const edited = (line: string): string =>
  `local s = cmsgpack.unpack(redis.call('GET', KEYS[1])) ${line} redis.call('SET', KEYS[1], cmsgpack.pack(s))`;

describe('a state that is not what it should be', function () {
  this.timeout(60_000);
  const redis = useRedis();
  let store: TestStore;
  afterEach(() => {
    store.close();
  });

  async function subject() {
    store = await openTestStore(redis);
    const { agent, shard } = await makeAgent(store, 'agent');
    const gatherer = createSignalGatherer(store.context, () => WIDE);
    const key = store.context.keys.signals(shard, 'agent');
    const gatherAt = async (atMs: number): Promise<Gathered> => {
      await store.setTick(shard, atMs);
      const ask = { agent, resource: 'stripe', scopes: ['read'], honeyScopes: 0, count: true };
      const result = await gatherer.gather(ask);
      if (result.state !== 'gathered') throw new Error(result.state);
      return result;
    };
    for (let i = 0; i < 60; i++) await gatherAt(START_MS + i * HOUR_MS);
    const known = await gatherAt(START_MS + 60 * HOUR_MS);
    expect(known.signals).to.include({ learning: false, first_seen_now: false });
    return {
      ...{ key, shard, gatherAt },
      /** An hour later: an equal step of no ring. */
      next: () => gatherAt(START_MS + 61 * HOUR_MS),
      edit: (line: string) => store.client.eval(edited(line), 1, key),
    };
  }

  /** Expects a reset state: everything is new, the score is low, and the next request continues from it. */
  function expectRebuilt(result: Gathered, why: string): void {
    expect(result.rebuilt).to.equal(why);
    expect(result.signals).to.include({ learning: true, requests_10m: 1, first_seen_now: true });
    expect(result.signals.anomaly).to.be.at.most(0.5);
  }

  const broken: readonly (readonly [string, string, string])[] = [
    ['is from an older version', 's[1] = 1', 'version'],
    ['is from a newer version', 's[1] = 99', 'version'],
    ['has no version', 's[1] = "x"', 'version'],
    ['is shorter than it should be', 'for i = 90, #s do s[i] = nil end', 'truncated'],
    ['is longer than it should be', 's[#s + 1] = 0', 'truncated'],
    ['has a table where a number should be', 's[51] = {}', 'truncated'],
    ['has a text where a number should be', 's[55] = "many"', 'truncated'],
    ['has a filter that was cut', 's[42] = string.sub(s[42], 1, 100)', 'truncated'],
    ['has hours that were cut', 's[50] = ""', 'truncated'],
    ['is from a day in the future', 's[3] = s[3] + 86400000', 'clock'],
    ['has a time that is no number', 's[3] = 0 / 0', 'clock'],
    ['is a number', 's = 7', 'truncated'],
  ];
  it('keeps the evidence of honey and misuse when its time is in the future', async () => {
    const { edit, next } = await subject();
    await edit('s[3] = s[3] + 86400000 s[81] = 3 s[82] = s[3] s[83] = 2 s[84] = s[3]');
    const result = await next();
    expect(result.rebuilt).to.equal('clock');
    const values = result.signals.terms.map(({ name, value }) => [name, value]);
    expect(values).to.deep.include.members([
      ['honey_60m', 3],
      ['misuse_60m', 2],
    ]);
  });

  for (const [what, line, why] of broken) {
    it(`is reset when it ${what}, and the reset is reported`, async () => {
      const { edit, next, gatherAt } = await subject();
      await edit(line);
      expectRebuilt(await next(), why);
      const after = await gatherAt(START_MS + 62 * HOUR_MS);
      expect(after.rebuilt).to.equal(undefined);
      expect(after.signals).to.include({ first_seen_now: false });
    });
  }

  it('is reset when it is truncated', async () => {
    const { key, next } = await subject();
    const packed = await store.client.getBuffer(key);
    await store.client.set(key, packed?.subarray(0, 300) ?? '');
    expectRebuilt(await next(), 'truncated');
  });

  it('is reset when it is random bytes', async () => {
    const { key, next } = await subject();
    await store.client.set(key, Buffer.from('c1ffa0934411', 'hex'));
    expectRebuilt(await next(), 'truncated');
  });

  it('is reset when its key has another type', async () => {
    const { key, next } = await subject();
    await store.client.del(key);
    await store.client.hset(key, 'a', '1');
    expectRebuilt(await next(), 'type');
  });

  const numberless: readonly (readonly [string, string])[] = [
    ['a mean', 's[51] = 0 / 0'],
    ['what a window expects', 's[56] = 0 / 0'],
    ['a usual peak', 's[69] = 0 / 0'],
    ['a share', 's[68] = 0 / 0'],
  ];
  for (const [what, line] of numberless) {
    it(`denies the request when ${what} is no number, and is gone after it`, async () => {
      const { edit, next } = await subject();
      await edit(line);
      const refused = await next().catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(CountersignError);
      expect((refused as CountersignError).code).to.equal('temporarily_unavailable');
      expectRebuilt(await next(), 'not_a_number');
    });
  }

  it('never makes an infinite count a low score', async () => {
    const { edit, next } = await subject();
    await edit('s[55] = math.huge');
    const outcome = await next().catch((error: unknown) => error);
    if (outcome instanceof CountersignError) return;
    expect((outcome as Gathered).signals.anomaly).to.be.at.least(0.5);
  });

  it('stands still while the clock is behind it by less than an hour', async () => {
    const { edit, next } = await subject();
    await edit('s[3] = s[3] + 4500000');
    const first = await next();
    expect(first.rebuilt).to.equal(undefined);
    expect((await next()).signals.requests_10m).to.equal(first.signals.requests_10m + 1);
  });

  it('is rebuilt by a denial as well, and can be described whatever it is', async () => {
    const { key } = await subject();
    await store.client.set(key, 'nonsense');
    const reader = createSignalReader(store.context);
    expect(await reader.read('agent')).to.include({ events: 0, learning: true });
    const principal = { kind: 'agent', id: 'agent' } as const;
    await createDecisionRecorder(store.context).record(
      'agent',
      { type: 'access.denied', principal },
      'denied',
    );
    expect((await reader.read('agent'))?.state_bytes).to.be.within(300, 1024);
  });
});
