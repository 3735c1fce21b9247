import { expect } from 'chai';
import { createSecretUses } from '../../../src/redis/stores/secret-uses.js';
import { until } from '../../support/episode.js';
import { useService } from '../../support/use-service.js';
import { useClient, useSharedStore } from '../../support/use-store.js';

describe('the last use of a secret in Redis', () => {
  const { store, redis } = useSharedStore();
  const client = useClient(redis);

  it('is written once a minute by all processes, and read in the order of the ids', async () => {
    const one = createSecretUses(store.context);
    const other = createSecretUses(store.context);
    await one.note('agent', 'sec_1');
    const [key = ''] = await client.keys('*secret-use:sec_1');
    const earlier = String(Date.now() - 30_000);
    await client.set(key, earlier, 'KEEPTTL');
    await other.note('agent', 'sec_1');
    expect(await client.get(key), 'within the minute').to.equal(earlier);
    await client.set(key, String(Date.now() - 61_000), 'KEEPTTL');
    await other.note('agent', 'sec_1');
    expect(Number(await client.get(key))).to.be.above(Number(earlier));
    expect(await client.pttl(key)).to.be.above(300 * 86_400_000);
    const [never, used] = await one.lastUses('agent', ['sec_2', 'sec_1']);
    expect(never).to.equal(undefined);
    expect(used).to.be.a('number');
  });
});

describe('the list of secrets of the service', () => {
  const { service } = useService();

  it('shows age and last use, and no secret, text or digest', async () => {
    const path = '/admin/v1/agents/demo-agent/secrets';
    const form = { token: 'x' };
    await service.http.send('POST', '/revoke', { basic: service.agent, form });
    await until('the use is noted', async () =>
      (await service.http.admin('GET', path)).text.includes('last_used_at_ms'),
    );
    const answer = await service.http.admin('GET', path);
    const [secret = {}] = answer.json()['items'] as object[];
    expect(secret).to.have.all.keys('id', 'created_at_ms', 'last_used_at_ms');
    expect(answer.text).not.to.match(/csk_|sha256|[0-9a-f]{64}/);
  });
});
