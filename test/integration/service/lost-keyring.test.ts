import { expect } from 'chai';
import type { KeyringDocument } from '../../../src/domain/token.js';
import { createKeys } from '../../../src/redis/keys.js';
import { tokenAsk, tokenOf } from '../../http/table/asks.js';
import { until } from '../../support/episode.js';
import { LOAD_AGENT, startService, type TestService } from '../../support/service.js';
import { useClient, useRedis } from '../../support/use-store.js';

describe('a keyring that was deleted, since its key-encryption key is lost', function () {
  this.timeout(180_000);
  const redis = useRedis();
  const client = useClient(redis);
  const keys = createKeys('cs');
  const services: TestService[] = [];

  const start = async (worker = false): Promise<TestService> => {
    // A data folder of its own, and with it a key-encryption key of its own.
    const overrides = { 'keys.jwks_cache_seconds': 1 };
    const one = await startService({
      redisUrl: redis.url,
      agents: [LOAD_AGENT],
      worker,
      overrides,
    });
    services.push(one);
    return one;
  };
  after(async () => {
    for (const one of services) await one.close();
  });

  const ask = (one: TestService) => one.http.send('POST', '/token', tokenAsk('json', one.agent));
  const introspect = async (one: TestService, token: string): Promise<unknown> => {
    const basic = one.resourceServer;
    return (await one.http.send('POST', '/introspect', { basic, form: { token } })).json();
  };
  const activeKid = async (one: TestService): Promise<unknown> => {
    const { items } = (await one.http.admin('GET', '/admin/v1/keys')).json();
    return (items as { kid: string; state: string }[]).find(({ state }) => state === 'active')?.kid;
  };

  it('is created above the generations of the shards; tokens of before are inactive', async () => {
    const first = await start(true);
    const kid = await activeKid(first);
    expect((await first.http.admin('POST', '/admin/v1/keys/rotate')).status).to.equal(202);
    await until('another key signs', async () => (await activeKid(first)) !== kid);
    const old = tokenOf(await ask(first));
    expect(await introspect(first, old)).to.include({ active: true });
    const before = Number(await client.hget(keys.meta(0), 'g:keyring'));
    expect(before).to.be.above(1);

    await services.pop()?.close();
    await client.del(keys.keyring);
    const second = await start();
    expect(await introspect(second, tokenOf(await ask(second)))).to.include({ active: true });
    expect(await introspect(second, old)).to.deep.equal({ active: false });
    expect(Number(await client.hget(keys.meta(0), 'g:keyring'))).to.be.above(before);
  });

  it('makes a process that was not restarted unready, until it has a keyring that it can open', async () => {
    const [running] = services;
    if (running === undefined) throw new Error('the service of the test before');
    const keyring = async (): Promise<unknown> => {
      const answer = await running.http.admin('GET', '/readyz', { adminToken: undefined });
      const { checks } = answer.json() as { checks: { name: string; ok: boolean }[] };
      return { status: answer.status, ok: checks.find(({ name }) => name === 'keyring')?.ok };
    };
    expect(await keyring()).to.deep.equal({ status: 200, ok: true });
    const own = String(await client.get(keys.keyring));
    await client.del(keys.keyring);
    await start();
    expect((await ask(running)).status).to.equal(503);
    expect(await keyring()).to.deep.equal({ status: 503, ok: false });

    const { generation } = JSON.parse(String(await client.get(keys.keyring))) as KeyringDocument;
    const later = { ...(JSON.parse(own) as KeyringDocument), generation: generation + 1 };
    await client.set(keys.keyring, JSON.stringify(later));
    expect(await keyring()).to.deep.equal({ status: 200, ok: true });
  });
});
