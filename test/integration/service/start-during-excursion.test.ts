import { expect } from 'chai';
import { Redis } from 'ioredis';
import { tokenAsk, tokenOf } from '../../http/table/asks.js';
import { MOVED_BY_MS, movedClock } from '../../support/edited-scripts.js';
import { startService, type TestService } from '../../support/service.js';
import { useClient, useRedis } from '../../support/use-store.js';

const TWO_HOURS_MS = 7_200_000;

describe('a service that starts while the clock of Redis is wrong', function () {
  this.timeout(180_000);
  const redis = useRedis();
  const client = useClient(redis);
  const services: TestService[] = [];

  // The clock that a connection reads; scripts read that of `movedClock`.
  before(() => {
    const movedTime = () => Promise.resolve([Math.floor((Date.now() + TWO_HOURS_MS) / 1000), 0]);
    Object.defineProperty(Redis.prototype, 'time', { value: movedTime, configurable: true });
  });
  after(async () => {
    Reflect.deleteProperty(Redis.prototype, 'time');
    for (const one of services.reverse()) await one.close();
  });

  const start = async (prefix: string, before?: TestService): Promise<TestService> => {
    const overrides = { 'redis.prefix': prefix };
    const { dataDir } = before ?? {};
    const options = { redisUrl: redis.url, editScript: movedClock, overrides };
    const one = await startService({ ...options, ...(dataDir === undefined ? {} : { dataDir }) });
    services.push(one);
    return one;
  };
  const ask = (one: TestService) => one.http.send('POST', '/token', tokenAsk('json', one.agent));
  const introspect = async (one: TestService, token: string): Promise<Record<string, unknown>> => {
    const basic = one.resourceServer;
    return (await one.http.send('POST', '/introspect', { basic, form: { token } })).json();
  };
  const revoke = async (one: TestService, by: string, value: string): Promise<number> => {
    const json = { by, value, reason: 'test' };
    return (await one.http.admin('POST', '/admin/v1/revocations', { json })).status;
  };
  /** Returns the status of `/readyz` and the names of the failed checks. */
  const readiness = async (one: TestService): Promise<unknown[]> => {
    const answer = await one.http.admin('GET', '/readyz', { adminToken: undefined });
    const { checks } = answer.json() as { checks: { name: string; ok: boolean }[] };
    return [answer.status, ...checks.filter(({ ok }) => !ok).map(({ name }) => name)];
  };

  it('revokes, grants nothing, is not ready, and recovers without a restart', async () => {
    const first = await start('cs');
    const token = tokenOf(await ask(first));
    const { jti } = await introspect(first, token);
    await client.set(MOVED_BY_MS, String(TWO_HOURS_MS));
    const second = await start('cs', first);
    expect(await readiness(second)).to.deep.equal([503, 'clock']);
    expect((await ask(second)).json()).to.include({ error: 'clock_not_trusted' });
    expect(await revoke(second, 'token', String(jti))).to.equal(200);
    expect(await revoke(second, 'session', 'S1')).to.equal(200);

    await client.del(MOVED_BY_MS);
    expect(await readiness(second)).to.deep.equal([200]);
    expect(await introspect(second, token)).to.deep.equal({ active: false });
    expect(await introspect(second, tokenOf(await ask(second)))).to.include({ active: true });
  });

  it('creates a new store as well', async () => {
    await client.set(MOVED_BY_MS, String(-TWO_HOURS_MS));
    const one = await start('new');
    expect(await readiness(one)).to.deep.equal([503, 'clock']);
    expect((await ask(one)).json()).to.include({ error: 'clock_not_trusted' });
    await client.del(MOVED_BY_MS);
    expect(await introspect(one, tokenOf(await ask(one)))).to.include({ active: true });
  });
});
