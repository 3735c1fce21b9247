import { expect } from 'chai';
import type { AgentSignals } from '../../../src/use-cases/admin/signals.js';
import type { AgentSpec } from '../../../src/domain/records.js';
import { DEFAULT_PRIOR } from '../../../src/domain/signals.js';
import { createKeys } from '../../../src/redis/keys.js';
import { createAgentStore } from '../../../src/redis/stores/agent-store.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { PRIOR_MEMBERS } from '../../../src/signals/priors/prior.js';
import { clockInHand } from '../../support/edited-scripts.js';
import { until } from '../../support/episode.js';
import { LOAD_AGENT, startService, type TestService } from '../../support/service.js';
import { runnerInHand } from '../../support/store.js';
import { useClient, useRedis } from '../../support/use-store.js';

const HOUR_MS = 3_600_000;
const HOURS = 60;
const SHARDS = 4;
const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
const crawler = (name: string): AgentSpec => ({ ...LOAD_AGENT, id: name, class: 'crawler' });
/** As many as a class needs to be learned. */
const FLEET = Array.from({ length: 20 }, (_, n) => crawler(`crawler-${String(n)}`));

describe('what a running worker learns of a class', function () {
  this.timeout(60_000);
  const redis = useRedis();
  const client = useClient(redis);
  const started: TestService[] = [];
  const keys = createKeys('cs');
  after(async () => {
    for (const service of started.reverse()) await service.close();
  });

  async function start(more: { readonly worker?: true } = {}): Promise<TestService> {
    const service = await startService({
      ...{
        redisUrl: redis.url,
        editScript: clockInHand,
        agents: [LOAD_AGENT, ...FLEET],
        overrides: { 'redis.shards': SHARDS },
      },
      ...(started[0] === undefined ? {} : { dataDir: started[0].dataDir }),
      ...more,
    });
    started.push(service);
    return service;
  }

  /** Each of the fleet asks once an hour; the clock of the shards, which is what counts, is moved on. */
  async function liveForHours(): Promise<void> {
    const context = { runner: runnerInHand(client), keys, shards: SHARDS };
    const gatherer = createSignalGatherer(
      context,
      () => WIDE,
      () => DEFAULT_PRIOR,
    );
    const agents = await Promise.all(FLEET.map(({ id }) => createAgentStore(context).read(id)));
    const startMs = Date.now();
    for (let hour = 1; hour <= HOURS; hour++) {
      for (let shard = 0; shard < SHARDS; shard++) {
        await client.hset(keys.meta(shard), 'tick', String(startMs + hour * HOUR_MS));
      }
      const asked = agents.map((agent) => {
        if (agent === undefined) throw new Error('not registered');
        const request = { agent, resource: 'stripe', scopes: ['read_invoices'], honeyScopes: 0 };
        return gatherer.gather({ ...request, count: true });
      });
      for (const { state } of await Promise.all(asked)) expect(state).to.equal('gathered');
    }
  }

  /** What a new agent of this class is measured by after its first request. */
  async function learnedOf(service: TestService, spec: AgentSpec): Promise<unknown> {
    const { http } = service;
    expect((await http.admin('POST', '/admin/v1/agents', { json: spec })).status).to.equal(201);
    const secret = await http.admin('POST', `/admin/v1/agents/${spec.id}/secrets`);
    const basic = [spec.id, String(secret.json()['secret'])] as const;
    const json = { resource: 'stripe', scope: 'read_invoices' };
    await http.send('POST', '/token', { basic, json });
    const { profile } = (
      await http.admin('GET', `/admin/v1/agents/${spec.id}/signals`)
    ).json() as unknown as AgentSignals;
    expect(profile).to.include({ events: 1, learning: true });
    return profile.learned;
  }

  it('is where new agents of that class begin, and of no other', async () => {
    const first = await start();
    await liveForHours();
    expect(await client.exists(keys.signalPriors)).to.equal(0);
    await start({ worker: true });
    await until('the job ran', async () => (await client.exists(keys.signalPriors)) === 1);
    const document = JSON.parse((await client.get(keys.signalPriors)) ?? '') as {
      readonly classes: readonly { readonly class: string; readonly prior: typeof DEFAULT_PRIOR }[];
    };
    expect(document.classes.map((one) => one.class)).to.deep.equal(['crawler']);
    const prior = document.classes[0]?.prior ?? expect.fail('nothing was learned');
    // Of one request an hour; the default is 1.
    expect(prior.requests_10m).to.be.closeTo(0.25, 0.1);

    // A service that runs reads them each minute; one that starts, at once.
    const last = await start();
    const learned = (await learnedOf(last, crawler('new-crawler'))) as typeof DEFAULT_PRIOR;
    for (const member of PRIOR_MEMBERS) {
      expect(learned[member], member).to.be.closeTo(prior[member], 1e-9);
    }
    expect(await learnedOf(last, { ...LOAD_AGENT, id: 'other' })).to.deep.equal(DEFAULT_PRIOR);
    expect(first.log.join('\n')).to.not.include('priors unreadable');
  });
});
