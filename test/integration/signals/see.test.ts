import { expect } from 'chai';
import { createAgentOperations } from '../../../src/use-cases/admin/agents.js';
import { systemClock } from '../../../src/domain/clock.js';
import { DEFAULT_PRIOR, type SignalPrior } from '../../../src/domain/signals.js';
import { createAgentStore } from '../../../src/redis/stores/agent-store.js';
import { createAuditStreams } from '../../../src/redis/stores/audit-streams.js';
import { createDecisionRecorder } from '../../../src/redis/stores/event-recorder.js';
import { createPriorStore } from '../../../src/redis/stores/prior-store.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { createSignalReader } from '../../../src/redis/stores/signal-reader.js';
import { createCachedPriors } from '../../../src/signals/priors/cached-priors.js';
import { learnPriors } from '../../../src/signals/priors/learn.js';
import { PRIOR_MEMBERS } from '../../../src/signals/priors/prior.js';
import { makeAgent } from '../../support/store.js';
import { useRedis, useStore } from '../../support/use-store.js';
import { UNUSED_SECRETS } from '../../support/memory-agent-store.js';

const START_MS = 4_000_000_000_000;
const HOUR_MS = 3_600_000;
const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
const PRIOR: SignalPrior = {
  requests_10m: 3,
  dispersion: 5,
  denial_share: 0.04,
  novelty_share: 0.06,
};

describe('what is kept of an agent, on real Redis', function () {
  this.timeout(60_000);
  const redis = useRedis();
  const store = useStore(redis);

  async function ask(id: string, times: number, prior: SignalPrior = DEFAULT_PRIOR) {
    const { context } = store;
    const { agent, shard } = await makeAgent(store, id);
    const gatherer = createSignalGatherer(
      context,
      () => WIDE,
      () => prior,
    );
    for (let n = 0; n < times; n++) {
      await store.setTick(shard, START_MS + n * HOUR_MS);
      const request = { agent, resource: 'stripe', scopes: ['read'], honeyScopes: 0, count: true };
      const { state } = await gatherer.gather(request);
      expect(state).to.equal('gathered');
    }
    return { shard, key: context.keys.signals(shard, id) };
  }

  it('is a profile of its hours, its terms, and what it learned', async () => {
    const { key } = await ask('agent', 60);
    const before = await store.client.dumpBuffer(key);
    const reader = createSignalReader(store.context);
    const profile = await reader.read('agent');
    if (profile === undefined) throw new Error('nothing is kept');
    expect(profile).to.include({ learning: false, events: 60, since_ms: START_MS });
    expect(profile).to.not.have.property('fault');
    expect(profile.anomaly).to.be.within(0, 0.999999);
    expect(profile.terms.map(({ name }) => name)).to.include.members([
      'requests_10m',
      'denials_60m',
    ]);
    const { weekday, weekend } = profile.profile;
    expect([weekday.length, weekend.length]).to.deep.equal([24, 24]);
    expect(Math.min(...weekday, ...weekend)).to.be.greaterThan(0);
    expect(profile.state_bytes).to.be.within(300, 1024);
    expect(await reader.export('agent')).to.include.keys(
      'learned',
      'hours_hex',
      'filter_young_hex',
    );
    // Looking changes nothing.
    expect(await store.client.dumpBuffer(key)).to.deep.equal(before);
  });

  it('begins with the prior of its class, and reports it', async () => {
    await ask('agent', 1, PRIOR);
    const profile = await createSignalReader(store.context).read('agent');
    for (const member of PRIOR_MEMBERS) {
      expect(profile?.learned[member]).to.be.closeTo(PRIOR[member], 1e-9);
    }
  });

  it('can be read when a number in it is invalid', async () => {
    const { key } = await ask('agent', 2);
    const edit = `local s = cmsgpack.unpack(redis.call('GET', KEYS[1])) s[51] = 0 / 0
      redis.call('SET', KEYS[1], cmsgpack.pack(s))`;
    await store.client.eval(edit, 1, key);
    const reader = createSignalReader(store.context);
    expect(await reader.read('agent')).to.include({ fault: 'not_a_number', learning: true });
    expect(await reader.export('agent')).to.include({ fault: 'not_a_number' });
  });

  it('does not come back when a denial is recorded after its agent was deleted', async () => {
    const { key } = await ask('agent', 1);
    await store.client.del(key);
    await createDecisionRecorder(store.context).record(
      'agent',
      { type: 'access.denied', principal: { kind: 'agent', id: 'agent' } },
      'denied',
    );
    expect(await store.client.exists(key)).to.equal(0);
  });

  it('names the fault of a state that cannot be used', async () => {
    const { key } = await ask('agent', 2);
    await store.client.set(key, 'nonsense');
    expect(await createSignalReader(store.context).read('agent')).to.include({
      fault: 'truncated',
      learning: true,
    });
  });

  for (const [type, make] of [
    ['string', (key: string) => store.client.set(key, 'nonsense')],
    ['hash', (key: string) => store.client.hset(key, 'a', '1')],
  ] as const) {
    it(`is forgotten with its event, also when it is a broken ${type}`, async () => {
      const { key, shard } = await ask('agent', 1);
      await store.client.del(key);
      await make(key);
      const reader = createSignalReader(store.context);
      await reader.reset('agent', {
        type: 'signals.reset',
        principal: { kind: 'admin', id: 'ops' },
        agent_id: 'agent',
        detail: { reason: 'another job' },
      });
      expect(await store.client.exists(key)).to.equal(0);
      expect(await reader.read('agent')).to.equal(undefined);
      expect(await reader.export('agent')).to.equal(undefined);
      const entries = await createAuditStreams(store.context).read(shard, '0-0', 100);
      expect(entries.at(-1)?.events[0]).to.deep.include({
        type: 'signals.reset',
        detail: { reason: 'another job' },
      });
    });
  }

  it('is deleted with its agent', async () => {
    const { key } = await ask('agent', 3);
    expect(await store.client.exists(key)).to.equal(1);
    const agents = createAgentOperations({
      secretUses: UNUSED_SECRETS,
      store: createAgentStore(store.context),
      mintSecret: () => ({ secret: '', sha256: '' }),
      check: () => [],
      clock: systemClock,
      shards: store.context.shards,
    });
    await agents.remove('agent', { requestId: 'r', principal: { kind: 'admin', id: 'ops' } });
    expect(await store.client.exists(key)).to.equal(0);
  });

  it('teaches its class, through the store, what new agents begin with', async () => {
    const { context } = store;
    for (let n = 0; n < 20; n++) await ask(`agent-${String(n)}`, 60);
    const priors = createPriorStore(context);
    const learned = await learnPriors({
      store: priors,
      agents: createAgentStore(context),
      reader: createSignalReader(context),
      shards: context.shards,
      clock: systemClock,
      random: () => 0,
    });
    expect(learned).to.equal(1);
    const cached = createCachedPriors(priors, { warn: () => undefined });
    await cached.refresh();
    // One request an hour, with something new at first only.
    expect(cached.of('default').requests_10m).to.be.closeTo(0.25, 0.05);
    expect(cached.of('other')).to.deep.equal(DEFAULT_PRIOR);
  });

  it('leaves the defaults when the document’s key is of another type', async () => {
    const { context } = store;
    await store.client.hset(context.keys.signalPriors, 'a', '1');
    const lines: string[] = [];
    const cached = createCachedPriors(createPriorStore(context), {
      warn: (_fields, message) => lines.push(message),
    });
    await cached.refresh();
    expect(cached.of('default')).to.deep.equal(DEFAULT_PRIOR);
    expect(lines).to.have.length(1);
  });
});
