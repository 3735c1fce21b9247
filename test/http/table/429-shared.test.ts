import { expect } from 'chai';
import type { AgentSpec } from '../../../src/domain/records.js';
import { CODECS, expectError, tokenAsk, tokenOf, type Codec, type Wanted } from './asks.js';
import { accessEvents, closeCounts } from './stream-events.js';
import { registerAgent, useTableService, type Client } from './table-service.js';

const GRANTS = [
  { resource: 'stripe', scopes: ['read_invoices'] },
  { resource: 'customers-db', scopes: ['write:customers:*'] },
];

/** Three at once, and one comes back in a minute: within a test, none. */
const budget = (name: 'OWNER' | 'GLOBAL') => () => ({
  env: {
    [`COUNTERSIGN_LIMITS_${name}_PER_MINUTE`]: '1',
    [`COUNTERSIGN_LIMITS_${name}_BURST`]: '3',
  },
});

describe('POST /token, budget of the owner empty → 429 slow_down', () => {
  const table = useTableService(budget('OWNER'));

  const agentOf = (id: string, more: Partial<AgentSpec>): Promise<Client> =>
    registerAgent(table().service.http, { id, grants: GRANTS, ...more });
  const ask = (codec: Codec, client: Client, wanted: Wanted = {}) =>
    table().service.http.send('POST', '/token', tokenAsk(codec, client, wanted));

  for (const codec of CODECS) {
    it(`${codec}: the agents of one owner share it, whatever sessions and tasks they name`, async () => {
      const owner = `Acme ${codec}, Inc.`;
      const one = await agentOf(`one-${codec}`, { owner });
      const two = await agentOf(`two-${codec}`, { owner });
      for (const [client, left] of [
        [one, '2'],
        [two, '1'],
        [one, '0'],
      ] as const) {
        const granted = await ask(codec, client, { session_id: left, task_id: `t${left}` });
        tokenOf(granted);
        expect(granted.headers).to.include({
          'ratelimit-limit': '3',
          'ratelimit-remaining': left,
          'ratelimit-policy': '"owner";q=3;w=180',
        });
      }
      for (const client of [one, two]) {
        const limited = await ask(codec, client, { session_id: 'another' });
        expectError(limited, codec, 429, 'slow_down');
        expect(Number(limited.headers['retry-after'])).to.be.within(50, 60);
        const wait = String(limited.headers['retry-after']);
        expect(limited.headers['ratelimit']).to.equal(`"owner";r=0;t=${wait}`);
      }
      await closeCounts(table().redis);
      const events = await accessEvents(table().redis, one[0]);
      expect(events.map(({ type }) => type)).to.deep.equal([
        ...['access.granted', 'access.granted', 'access.rate_limited'],
      ]);
      expect(events[2]).to.deep.include({ effect: 'deny', codes: ['owner_rate'] });
    });

    it(`${codec}: other owners and agents without one are not touched`, async () => {
      const greedy = await agentOf(`greedy-${codec}`, { owner: `greedy ${codec}` });
      for (let i = 0; i < 3; i++) tokenOf(await ask(codec, greedy));
      expectError(await ask(codec, greedy), codec, 429, 'slow_down');
      tokenOf(await ask(codec, await agentOf(`other-${codec}`, { owner: `other ${codec}` })));
      const free = await agentOf(`free-${codec}`, {});
      for (let i = 0; i < 5; i++) tokenOf(await ask(codec, free));
    });

    it(`${codec}: a risky scope costs more, and one that costs more than all of it takes all of it`, async () => {
      const risky = await agentOf(`risky-${codec}`, { owner: `risky ${codec}` });
      const wanted = { resource: 'customers-db', scope: 'write:customers:42' };
      const granted = await ask(codec, risky, wanted);
      expect(granted.headers['ratelimit-remaining'], granted.text).to.equal('1');
      expectError(await ask(codec, risky, wanted), codec, 429, 'slow_down');
      tokenOf(await ask(codec, risky));
      const unknown = await agentOf(`unknown-${codec}`, { owner: `unknown ${codec}` });
      expect((await ask(codec, unknown, { scope: 'nobody_knows' })).status).to.be.oneOf([400, 403]);
      expectError(await ask(codec, unknown), codec, 429, 'slow_down');
    });

    it(`${codec}: an agent over its budgets or unknown does not spend it; one in quarantine does, as before`, async () => {
      const owner = `careful ${codec}`;
      const rate = { per_minute: 1, burst: 1, resource_per_minute: 60, resource_burst: 60 };
      const loud = await agentOf(`loud-${codec}`, { owner, rate });
      tokenOf(await ask(codec, loud));
      for (let i = 0; i < 5; i++) expectError(await ask(codec, loud), codec, 429, 'slow_down');
      const { http } = table().service;
      const json = { status: 'quarantined', reason: 'test' };
      const bad = await agentOf(`bad-${codec}`, { owner });
      await http.admin('POST', `/admin/v1/agents/${bad[0]}/status`, { json });
      expect((await ask(codec, bad)).status).to.be.oneOf([400, 403]);
      const stranger = [loud[0], bad[1]] as const;
      expectError(await ask(codec, stranger), codec, 401, 'invalid_client');
      const good = await agentOf(`good-${codec}`, { owner });
      expect((await ask(codec, good)).headers['ratelimit-remaining']).to.equal('0');
      expectError(await ask(codec, bad), codec, 429, 'slow_down');
    });
  }

  it('is counted by budget, without a label of any owner or agent', async () => {
    const page = await table().service.http.admin('GET', '/metrics');
    expect(page.text).to.match(/^countersign_rate_limited_total\{bucket="owner"\} [1-9]/m);
    expect(page.text).to.match(/^countersign_rate_limited_total\{bucket="agent"\} [1-9]/m);
    expect(page.text).to.not.match(/greedy|Acme/);
  });
});

describe('POST /token, budget of all agents empty → 429 slow_down', () => {
  const table = useTableService(budget('GLOBAL'));

  it('all agents share it, and who is refused knows which budget it was', async () => {
    const { service, redis } = table();
    const { http } = service;
    const clients = await Promise.all(
      ['a', 'b', 'c', 'd'].map((id) => registerAgent(http, { id, grants: GRANTS, owner: id })),
    );
    for (const client of clients.slice(0, 3)) {
      tokenOf(await http.send('POST', '/token', tokenAsk('json', client)));
    }
    for (const codec of CODECS) {
      const limited = await http.send('POST', '/token', tokenAsk(codec, clients[3]));
      expectError(limited, codec, 429, 'slow_down');
      expect(limited.headers['ratelimit-policy']).to.equal('"global";q=3;w=180');
    }
    await closeCounts(redis);
    const [event] = await accessEvents(redis, 'd');
    expect(event).to.deep.include({
      type: 'access.rate_limited',
      codes: ['global_rate'],
      count: 2,
    });
  });
});
