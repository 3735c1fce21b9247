import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { Answer } from '../support/http.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { LOAD_AGENT, startService, type TestService } from '../support/service.js';

/** What one agent's behaviour may take in the store, however it behaves. */
const MAX_STATE_BYTES = 1024;

describe('evading the score', function () {
  this.timeout(60_000);
  let redis: TestRedis;
  let service: TestService;
  let client: Redis;
  beforeEach(async () => {
    redis = await startRedis();
    service = await startService({ redisUrl: redis.url, agents: [LOAD_AGENT] });
    client = new Redis({ path: redis.socket });
  });
  afterEach(async () => {
    client.disconnect();
    await service.close();
    await redis.stop();
  });

  const ask = (scope: string, more: object = {}, headers = {}): Promise<Answer> =>
    service.http.send('POST', '/token', {
      basic: service.agent,
      headers,
      json: { resource: 'stripe', scope, ttl: 60, ...more },
    });

  it('by spreading over many sessions, tasks, users and clients: the score is the agent’s', async () => {
    const tokens: string[] = [];
    for (let i = 0; i < 10; i++) {
      const id = `n${String(i)}`;
      const more = { session_id: id, task_id: id, user_id: id };
      const answer = await ask('read_invoices', more, { 'user-agent': id });
      tokens.push(String(answer.json()['access_token']));
    }
    const { http, resourceServer: basic } = service;
    const seen = await http.admin('GET', '/admin/v1/agents/demo-agent/signals');
    expect((seen.json()['profile'] as Record<string, unknown>)['events']).to.equal(10);
    // Three sessions ask for honey, each once: all of them are over.
    for (const id of ['eleventh', 'twelfth', 'thirteenth']) {
      const trap = { session_id: id, task_id: id, user_id: id };
      expect((await ask('export_all', trap, { 'user-agent': id })).status).to.equal(403);
    }
    for (const token of tokens) {
      const answer = await http.send('POST', '/introspect', { basic, form: { token } });
      expect(answer.text).to.equal('{"active":false}');
    }
    expect((await ask('read_invoices', { session_id: 'fourteenth' })).status).to.equal(403);
  });

  it('by making its state grow: distinct scopes, long ids and clients leave it as large as it was', async () => {
    const keysNow = async (): Promise<string[]> =>
      (await client.keys('cs:{s*}:*demo-agent*')).sort();
    await ask('read_invoices');
    const before = await keysNow();
    for (let i = 0; i < 60; i++) {
      const scopes = Array.from({ length: 64 }, (_, j) => {
        const unique = `${String(i)}x${String(j)}`;
        return `made:${unique}:${'y'.repeat(120)}`;
      });
      const id = `${'z'.repeat(100)}${String(i)}`;
      const more = { session_id: id, task_id: id, user_id: id };
      const userAgent = 'u'.repeat(1000) + String(i);
      const answer = await ask(scopes.join(' '), more, { 'user-agent': userAgent });
      expect(answer.status, answer.text).to.equal(403);
    }
    const [signals = ''] = await client.keys('cs:{s*}:signals:demo-agent');
    expect(await client.strlen(signals)).to.be.within(1, MAX_STATE_BYTES);
    expect(await keysNow()).to.deep.equal(before);
  });
});
