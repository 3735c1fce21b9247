import { expect } from 'chai';
import type { Redis } from 'ioredis';
import { createKeys } from '../../../src/redis/keys.js';
import { until } from '../../support/episode.js';
import type { Answer } from '../../support/http.js';
import { LOAD_AGENT, startService, type TestService } from '../../support/service.js';
import { useService } from '../../support/use-service.js';

type Spoils = ReturnType<Redis['multi']>;

const PATH = '/admin/v1/limits';
const TIGHT = { per_minute: 60, burst: 50 };
const WIDE = { per_minute: 600, burst: 500 };

describe('stored limits that cannot be read', function () {
  this.timeout(120_000);
  const key = createKeys('cs').limits;
  const agents = [LOAD_AGENT];
  const { service, redis, client } = useService(() => ({ agents }));

  const limits = async (of = service) => {
    const answer = await of.http.admin('GET', PATH);
    return { ...answer.json(), status: answer.status, etag: answer.headers['etag'] };
  };
  const put = (of: TestService, version: unknown, body: object): Promise<Answer> =>
    of.http.admin('PUT', PATH, { headers: { 'if-match': String(version) }, json: body });
  const ask = (of: TestService): Promise<Answer> =>
    of.http.send('POST', '/token', {
      basic: service.agent,
      json: { resource: 'stripe', scope: 'read_invoices' },
    });
  const policyOf = async (of = service) => (await ask(of)).headers['ratelimit-policy'];
  /** Until the periodic look has found what is stored. */
  const noticed = () => {
    const before = service.log.length;
    return until('the service looked', () =>
      Promise.resolve(service.log.slice(before).some((line) => line.includes('cannot be read'))),
    );
  };

  for (const [what, spoil, etag, fault] of [
    ['no JSON', (at: Spoils) => at.set(key, '{'), '"0"', 'not_json'],
    ['another type of key', (at: Spoils) => at.lpush(key, 'x'), '"0"', 'other_type'],
    [
      'of another shape',
      (at: Spoils) => at.set(key, '{"version":41,"limits":7}'),
      '"41"',
      'malformed',
    ],
  ] as const) {
    it(`${what}: what was in force stays, GET says so, PUT under its version mends it`, async () => {
      const { etag: now } = await limits();
      await put(service, now, { global: TIGHT });
      // In one step: a look in between would find nothing, and go back to the configuration.
      await spoil(client.multi().del(key)).exec();
      await noticed();
      expect(await policyOf()).to.equal('"global";q=50;w=50');
      expect(await limits()).to.deep.include({
        ...{ status: 200, etag, source: 'unreadable', fault },
        limits: { owners: {}, global: TIGHT },
      });
      expect((await put(service, '"9"', { global: WIDE })).status).to.equal(409);
      const mended = await put(service, etag, { global: WIDE, reason: 'mended' });
      expect(mended.status, mended.text).to.equal(200);
      expect(await policyOf()).to.equal('"global";q=500;w=50');
      expect(await limits()).to.include({ source: 'api', version: Number(etag.slice(1, -1)) + 1 });
    });
  }

  it('let a service start that grants nothing, is not ready, and is mended through its API', async () => {
    await client.set(key, 'null');
    const { dataDir } = service;
    const second = await startService({ redisUrl: redis.url, agents, dataDir });
    try {
      const refused = await ask(second);
      expect([refused.status, refused.json()['error']]).to.deep.equal([
        503,
        'temporarily_unavailable',
      ]);
      const notReady = await second.http.admin('GET', '/readyz');
      expect([notReady.status, notReady.text]).to.satisfy(
        ([status, text]: [number, string]) => status === 503 && text.includes('limits'),
      );
      const shown = await limits(second);
      expect(shown).to.include({ source: 'unreadable', fault: 'malformed', etag: '"0"' });
      expect(shown).to.not.have.property('limits');
      expect((await put(second, '"0"', { global: WIDE })).status).to.equal(200);
      expect((await ask(second)).status).to.equal(200);
      expect((await second.http.admin('GET', '/readyz')).status).to.equal(200);
    } finally {
      await second.close();
    }
  });

  it('are mended by DELETE too, and each time on the record', async () => {
    await client.del(key);
    await client.hset(key, 'a', '1');
    const reset = await service.http.admin('DELETE', PATH);
    expect(reset.json()).to.deep.include({ version: 1, source: 'config' });
    const events = await client.xrange(createKeys('cs').audit('control'), '-', '+');
    const mended = events
      .map(([, fields]) => JSON.parse(fields[3] ?? '') as { type: string; detail?: object })
      .filter(({ type, detail }) => type === 'limits.changed' && detail && 'mended' in detail);
    expect(mended.map(({ detail }) => detail)).to.have.nested.property('[0].reason', 'mended');
    expect(mended.map(({ detail }) => (detail as { mended: string }).mended)).to.deep.equal([
      ...['not_json', 'other_type', 'malformed', 'malformed', 'other_type'],
    ]);
  });
});
