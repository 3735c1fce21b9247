import { expect } from 'chai';
import { Redis } from 'ioredis';
import { until } from '../../support/episode.js';
import { bytesOf, CODECS, expectError, tokenAsk, tokenOf, type Codec } from './asks.js';
import { streamEvents } from './stream-events.js';
import { registerAgent, useTableService, type Client } from './table-service.js';

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];
/** What no caller may see: the store, its commands, our files. */
const INTERNAL = /redis|socket|ECONN|ioredis|OOM|NOREPLICAS|lua|time(d )?out|\.ts/i;

describe('POST /token, the store away, full or refusing → 503 temporarily_unavailable', function () {
  this.timeout(60_000);
  const table = useTableService(() => ({ overrides: { 'redis.command_timeout_ms': 250 } }));
  let cold: Client;
  before(async () => {
    cold = await registerAgent(table().service.http, { id: 'cold', grants: GRANTS });
  });

  const ask = (codec: Codec, client = table().service.agent) =>
    table().service.http.send('POST', '/token', tokenAsk(codec, client));
  const introspect = (token: string) =>
    table().service.http.send('POST', '/introspect', {
      basic: table().service.resourceServer,
      form: { token },
    });
  const revoke = (token: string) =>
    table().service.http.send('POST', '/revoke', { basic: table().service.agent, form: { token } });

  async function expectUnavailable(): Promise<void> {
    for (const codec of CODECS) {
      for (const client of [table().service.agent, cold]) {
        const answer = await ask(codec, client);
        expectError(answer, codec, 503, 'temporarily_unavailable');
        expect(answer.text).not.to.match(INTERNAL);
      }
    }
  }

  async function working(): Promise<string> {
    await until('the store answers', async () => (await ask('json')).status === 200);
    return tokenOf(await ask('form'));
  }

  /** Sets a directive of the store while `run` runs. */
  async function withDirective(name: string, value: string, run: () => Promise<void>) {
    const client = new Redis({ path: table().redis.socket });
    const [, former = ''] = await client.config('GET', name);
    try {
      await client.config('SET', name, value);
      await run();
    } finally {
      await client.config('SET', name, former);
      client.disconnect();
    }
  }

  it('full: nothing is issued, while introspection and revocation go on', async () => {
    const token = await working();
    await withDirective('maxmemory', '1', async () => {
      await expectUnavailable();
      expect((await introspect(token)).json()['active']).to.equal(true);
      expect((await revoke(token)).status).to.equal(200);
      expect((await introspect(token)).text).to.equal('{"active":false}');
    });
    await working();
  });

  it('scripts refused: nothing is issued and nothing is recorded', async () => {
    await working();
    const before = await streamEvents(table().redis);
    await withDirective('min-replicas-to-write', '1', expectUnavailable);
    expect(await streamEvents(table().redis)).to.deep.equal(before);
    await working();
  });

  it('stopped: every client endpoint says 503 in its own shape, and nothing was revoked', async () => {
    const { redis } = table();
    const token = await working();
    redis.pause();
    try {
      await expectUnavailable();
      expectError(await introspect(token), 'form', 503, 'temporarily_unavailable');
      expectError(await revoke(token), 'form', 503, 'temporarily_unavailable');
    } finally {
      redis.resume();
    }
    await working();
  });

  it('stopped: a wrong secret gets the answer of a right one', async () => {
    const { redis, service } = table();
    await working();
    redis.pause();
    try {
      const headers = { 'x-request-id': 'one-and-the-same' };
      const seen = new Set<string>();
      for (const client of [service.agent, ['nobody', service.agent[1]] as const]) {
        const { http } = service;
        const answer = await http.send('POST', '/token', { ...tokenAsk('json', client), headers });
        seen.add(bytesOf(answer));
      }
      expect(seen.size, [...seen].join('\n')).to.equal(1);
    } finally {
      redis.resume();
    }
    await working();
  });

  it('killed: 503 until it is back, and then the old tokens are inactive', async () => {
    const { redis } = table();
    const token = await working();
    expect((await introspect(token)).json()['active']).to.equal(true);
    await redis.kill9();
    await expectUnavailable();
    expectError(await introspect(token), 'form', 503, 'temporarily_unavailable');
    expectError(await revoke(token), 'form', 503, 'temporarily_unavailable');
    await redis.restart();
    await working();
    expect((await introspect(token)).text).to.equal('{"active":false}');
  });

  it('every 503 left a log line with the cause, which the answer does not have', () => {
    const lines = table().service.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const refused = lines.filter(({ status }) => status === 503);
    expect(refused).not.to.deep.equal([]);
    for (const line of refused) {
      expect(line).to.include({ level: 'error', code: 'temporarily_unavailable' });
      expect(line['cause']).to.be.a('string').and.not.equal('');
    }
  });
});
