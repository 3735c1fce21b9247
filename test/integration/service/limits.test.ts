import { expect } from 'chai';
import type { AgentSpec } from '../../../src/domain/records.js';
import { until } from '../../support/episode.js';
import type { Answer } from '../../support/http.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { LOAD_AGENT, startService, type TestService } from '../../support/service.js';

const PATH = '/admin/v1/limits';
const AGENT: AgentSpec = { ...LOAD_AGENT, id: 'limited', owner: 'acme' };
/** Of the file: nobody here comes near it. */
const CONFIGURED = {
  COUNTERSIGN_LIMITS_OWNER_PER_MINUTE: '1000000',
  COUNTERSIGN_LIMITS_OWNER_BURST: '1000000',
};

describe('limits that are changed while two services serve', function () {
  this.timeout(120_000);
  let redis: TestRedis;
  let services: readonly [TestService, TestService];
  let client: readonly [string, string];
  before(async () => {
    redis = await startRedis();
    const options = { redisUrl: redis.url, agents: [LOAD_AGENT, AGENT], env: CONFIGURED };
    const first = await startService({ ...options, worker: true });
    services = [first, await startService({ ...options, dataDir: first.dataDir })];
    const made = await first.http.admin('POST', '/admin/v1/agents/limited/secrets');
    client = ['limited', String(made.json()['secret'])];
  });
  after(async () => {
    await services[1].close();
    await services[0].close();
    await redis.stop();
  });

  const ask = (service: TestService): Promise<Answer> =>
    service.http.send('POST', '/token', {
      basic: client,
      json: { resource: 'stripe', scope: 'read_invoices' },
    });
  const limits = async (service: TestService) => (await service.http.admin('GET', PATH)).json();

  async function put(body: object): Promise<Answer> {
    const { version } = await limits(services[0]);
    return services[0].http.admin('PUT', PATH, { json: { ...body, version } });
  }

  /** Asked without pause, the policy's own limit of 600 requests in ten minutes would be reached: it is forgotten. */
  const forget = () =>
    services[0].http.admin('POST', '/admin/v1/agents/limited/signals/reset', {
      json: { reason: 'test' },
    });

  /** Until what each service says of its tightest budget is this. */
  const bothTell = (policy: RegExp) =>
    until(`both tell ${String(policy)}`, async () => {
      await forget();
      const told = await Promise.all(services.map(ask));
      return told.every(({ headers }) => policy.test(String(headers['ratelimit-policy'])));
    });

  it('hold everywhere, lowered, raised and taken back, and each change is on the record', async () => {
    await bothTell(/^"(agent|owner)";q=1000000;/);
    expect(await limits(services[1])).to.deep.include({ version: 0, source: 'config' });

    const tight = { per_minute: 1, burst: 2 };
    const answer = await put({ owners: { acme: tight }, reason: 'it floods us' });
    expect([answer.status, answer.headers['etag']], answer.text).to.deep.equal([200, '"1"']);
    await bothTell(/^"owner";q=2;w=120$/);
    await until('it is empty', async () => {
      await forget();
      return (await ask(services[1])).status === 429;
    });
    expect((await ask(services[0])).status).to.equal(429);

    await put({ owners: { acme: { per_minute: 60_000, burst: 1000 } } });
    await bothTell(/^"owner";q=1000;w=1$/);
    expect((await ask(services[1])).status).to.equal(200);

    const stale = { json: { owners: {}, version: 1 } };
    expect((await services[1].http.admin('PUT', PATH, stale)).status).to.equal(409);
    const reset = await services[1].http.admin('DELETE', PATH);
    expect(reset.json()).to.deep.include({ version: 3, source: 'config' });
    await bothTell(/^"(agent|owner)";q=1000000;/);
    expect((await services[0].http.admin('DELETE', PATH)).json()['version']).to.equal(3);
    const before = { json: { owners: {}, version: 0 } };
    expect((await services[1].http.admin('PUT', PATH, before)).status).to.equal(409);

    const events = await recorded('limits.changed');
    expect(events.map(({ detail }) => (detail as { version: unknown }).version)).to.deep.equal([
      ...[1, 2, 3],
    ]);
    expect(events[0]).to.have.nested.property('principal.kind', 'admin');
    expect(events[0]!['detail']).to.deep.equal({
      ...{ version: 1, source: 'api', reason: 'it floods us' },
      changes: [
        { budget: 'owner', from: { per_minute: 1_000_000, burst: 1_000_000 }, to: null },
        { budget: 'owners.acme', from: null, to: tight },
      ],
    });
  });

  it('outlive the services, and win over the file of one that starts', async () => {
    await put({ owner: { per_minute: 600, burst: 77 } });
    const { dataDir } = services[0];
    const agents = [LOAD_AGENT, AGENT];
    const third = await startService({ redisUrl: redis.url, agents, dataDir, env: CONFIGURED });
    try {
      const policy = (await ask(third)).headers['ratelimit-policy'];
      expect(policy).to.equal('"owner";q=77;w=8');
    } finally {
      await third.close();
      await services[0].http.admin('DELETE', PATH);
    }
  });

  it('of an agent hold from the next request on, in both directions', async () => {
    await bothTell(/q=1000000;/);
    const path = '/admin/v1/agents/limited';
    const change = async (rate: AgentSpec['rate']) => {
      const { spec, version } = (await services[0].http.admin('GET', path)).json();
      const json = { ...(spec as AgentSpec), rate, version };
      const answer = await services[0].http.admin('PUT', path, { json });
      expect(answer.status, answer.text).to.equal(200);
    };
    await change({ ...LOAD_AGENT.rate, per_minute: 60, burst: 1 });
    const lowered = [await ask(services[1]), await ask(services[1]), await ask(services[0])];
    expect(lowered.map(({ status }) => status)).to.deep.equal([200, 429, 429]);
    await change(LOAD_AGENT.rate);
    await until('raised', async () => {
      await forget();
      return (await ask(services[1])).status === 200;
    });
    expect((await ask(services[0])).status).to.equal(200);
  });

  async function recorded(type: string): Promise<Record<string, unknown>[]> {
    let items: Record<string, unknown>[] = [];
    await until('the record is complete', async () => {
      const path = `/admin/v1/audit?type=${type}&order=asc`;
      const page = (await services[0].http.admin('GET', path)).json();
      items = page['items'] as Record<string, unknown>[];
      return page['complete'] === true;
    });
    return items;
  }
});
