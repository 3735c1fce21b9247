import { expect } from 'chai';
import type { AgentSpec } from '../../../src/domain/records.js';
import { until } from '../../support/episode.js';
import type { Answer } from '../../support/http.js';
import { LOAD_AGENT, startService, type TestService } from '../../support/service.js';
import { useService } from '../../support/use-service.js';

const PATH = '/admin/v1/limits';
const AGENT: AgentSpec = { ...LOAD_AGENT, id: 'limited', owner: 'acme' };
/** Hardly anything comes back while the test runs: what is left shows what a request cost. */
const UNITS = { per_minute: 1, burst: 1_000_000 };
const METERED: AgentSpec = {
  ...LOAD_AGENT,
  id: 'metered',
  rate: { ...UNITS, resource_per_minute: 1, resource_burst: 1_000_000 },
};
/** Of the file: no request here comes near it. */
const CONFIGURED = {
  COUNTERSIGN_LIMITS_OWNER_PER_MINUTE: '1000000',
  COUNTERSIGN_LIMITS_OWNER_BURST: '1000000',
  COUNTERSIGN_LIMITS_COST_MEDIUM: '3',
};

describe('limits that are changed while two services serve', function () {
  this.timeout(120_000);
  const options = { agents: [LOAD_AGENT, AGENT, METERED], env: CONFIGURED };
  const { service: first, redis } = useService(() => ({ ...options, worker: true }));
  const { service: second } = useService(() => ({ ...options, dataDir: first.dataDir }), redis);
  const services = [first, second] as const;
  let client: readonly [string, string];
  before(async () => {
    const made = await first.http.admin('POST', '/admin/v1/agents/limited/secrets');
    client = ['limited', String(made.json()['secret'])];
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
    const { dataDir } = first;
    const third = await startService({ ...options, redisUrl: redis.url, dataDir });
    try {
      const policy = (await ask(third)).headers['ratelimit-policy'];
      expect(policy).to.equal('"owner";q=77;w=8');
    } finally {
      await third.close();
      await services[0].http.admin('DELETE', PATH);
    }
  });

  it('change what requests cost, everywhere, for services that start, and back again', async () => {
    const made = await services[0].http.admin('POST', '/admin/v1/agents/metered/secrets');
    const basic = ['metered', String(made.json()['secret'])] as const;
    let left = UNITS.burst;
    const costAt = async ({ http }: TestService, scope: string): Promise<number> => {
      const json = { resource: 'stripe', scope };
      const { headers } = await http.send('POST', '/token', { basic, json });
      const before = left;
      left = Number(/^"agent\w*";r=(\d+);/.exec(String(headers['ratelimit']))?.[1]);
      return before - left;
    };
    const bothCost = (low: number, medium: number) =>
      until(`both ask for ${String(low)} and ${String(medium)}`, async () => {
        const told: number[] = [];
        for (const service of services) {
          told.push(
            await costAt(service, 'read_invoices'),
            await costAt(service, 'read_customers'),
          );
        }
        return String(told) === String([low, medium, low, medium]);
      });
    await bothCost(1, 3);
    const answer = await put({ cost: { low: 7 }, reason: 'too cheap' });
    expect(answer.json()).to.deep.include({ cost: { low: 7, medium: 3, high: 2, critical: 5 } });
    await bothCost(7, 3);
    const { dataDir } = first;
    const third = await startService({ ...options, redisUrl: redis.url, dataDir });
    try {
      expect(await costAt(third, 'read_invoices')).to.equal(7);
    } finally {
      await third.close();
    }
    const { version } = await limits(services[1]);
    await services[1].http.admin('DELETE', PATH);
    await bothCost(1, 3);
    const [event] = (await recorded('limits.changed')).filter(
      ({ detail }) => (detail as { version: unknown }).version === version,
    );
    expect(event).to.have.nested.property('detail.reason', 'too cheap');
    expect(event)
      .to.have.nested.property('detail.changes')
      .that.deep.include({
        ...{ cost: 'low', from: 1, to: 7 },
      });
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
