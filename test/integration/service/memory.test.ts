import { expect } from 'chai';
import { Redis } from 'ioredis';
import { until } from '../../support/episode.js';
import type { Answer } from '../../support/http.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { startService, type TestService } from '../../support/service.js';

describe('a Redis that runs out of memory', function () {
  this.timeout(60_000);
  let redis: TestRedis;
  let client: Redis;
  let service: TestService;
  beforeEach(async () => {
    redis = await startRedis();
    client = new Redis({ path: redis.socket });
  });
  afterEach(async () => {
    client.disconnect();
    await service.close();
    await redis.stop();
  });

  const issue = (task: string): Promise<Answer> =>
    service.http.sidecar('POST', '/token', {
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 300, task_id: task },
    });

  const introspect = (token: string): Promise<Answer> =>
    service.http.send('POST', '/introspect', { basic: service.resourceServer, form: { token } });

  async function tokenFor(task: string): Promise<string> {
    const answer = await issue(task);
    expect(answer.status, answer.text).to.equal(200);
    return String(answer.json()['access_token']);
  }

  async function revoke(by: string, value: string): Promise<void> {
    const answer = await service.http.admin('POST', '/admin/v1/revocations', {
      json: { by, value, reason: 'full' },
    });
    expect(answer.status, answer.text).to.equal(200);
  }

  async function revokeOwn(token: string): Promise<void> {
    const answer = await service.http.send('POST', '/revoke', {
      basic: service.agent,
      form: { token },
    });
    expect(answer.status, answer.text).to.equal(200);
  }

  /** Issues, fills up with `fill`, and shows that what matters then still works and nothing is issued. */
  async function episode(fill: () => Promise<void>): Promise<void> {
    const tasks = ['t-token', 't-task', 't-own', 't-kept'];
    const [byToken = '', byTask = '', own = '', kept = ''] = await Promise.all(tasks.map(tokenFor));
    await fill();
    expect((await introspect(byToken)).json()['active']).to.equal(true);
    await revoke('token', byToken);
    await revoke('task', 't-task');
    await revokeOwn(own);
    for (const token of [byToken, byTask, own]) {
      expect((await introspect(token)).json()).to.deep.equal({ active: false });
    }
    expect((await introspect(kept)).json()['active']).to.equal(true);
    const refused = await issue('t-new');
    expect(refused.status).to.equal(503);
    expect(refused.json()['type']).to.match(/temporarily_unavailable$/);
    await client.config('SET', 'maxmemory', '0');
    await until('issuing goes on', async () => (await issue('t-after')).status === 200);
    expect((await introspect(byToken)).json()).to.deep.equal({ active: false });
  }

  it('and refuses writes itself: issuing answers 503, revoking and introspecting go on', async () => {
    const overrides = { 'redis.high_water_bytes': 2 ** 40 };
    service = await startService({ redisUrl: redis.url, overrides });
    await episode(async () => {
      await client.config('SET', 'maxmemory', '1mb');
      const reply = await client.set('probe', 'x').catch(String);
      expect(reply).to.match(/OOM/);
    });
    expect(service.log.join('\n')).to.match(/OOM/);
  });

  it('and is past the high-water mark only: 503 too, while Redis would still take a write', async () => {
    service = await startService({ redisUrl: redis.url });
    await episode(async () => {
      // So much that the last tenth has room for every request until the mark is seen.
      await client.setrange('ballast', 100_000_000, 'x');
      const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
      await client.config('SET', 'maxmemory', String(Math.round(used * 1.05)));
      await until('issuing is refused', async () => (await issue('t-early')).status === 503);
      expect(await client.set('probe', 'x')).to.equal('OK');
    });
    expect(service.log.join('\n')).not.to.match(/OOM/);
  });
});
