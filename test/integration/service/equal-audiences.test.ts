import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceRecord, ResourceSpec } from '../../../src/domain/records.js';
import { createKeys } from '../../../src/redis/keys.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { startService, type TestService } from '../../support/service.js';

const [PLAIN, SLASH] = ['https://equal.example', 'https://equal.example/'];
const keys = createKeys('cs');

function resource(id: string, ...audiences: string[]): ResourceSpec {
  return { id, audiences, scopes: [{ name: 'read', risk: 'low', description: 'Read' }] };
}

const AGENT = {
  id: 'demo-agent',
  roles: ['demo'],
  grants: [{ resource: '*', scopes: ['read', 'read_invoices'] }],
};

describe('a store with two equal audiences', function () {
  this.timeout(120_000);
  let redis: TestRedis;
  let client: Redis;
  let dataDir: string;
  beforeEach(async () => {
    redis = await startRedis();
    client = new Redis({ path: redis.socket });
    dataDir = mkdtempSync(join(tmpdir(), 'countersign-equal-'));
  });
  afterEach(async () => {
    client.disconnect();
    await redis.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = (...resources: ResourceSpec[]): Promise<TestService> =>
    startService({ redisUrl: redis.url, dataDir, agents: [AGENT], resources });

  /** The floors of all shards. */
  async function floors(): Promise<string[]> {
    const shards = Array.from({ length: 64 }, (_, shard) => client.hkeys(keys.revocations(shard)));
    return (await Promise.all(shards)).flat();
  }

  async function audOf(service: TestService, name: string): Promise<unknown> {
    const answer = await service.http.send('POST', '/token', {
      basic: service.agent,
      json: { resource: name, scope: 'read' },
    });
    if (answer.status !== 200) return answer.json()['error'];
    const [, claims = ''] = String(answer.json()['access_token']).split('.');
    return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string }).aud;
  }

  /** Leaves the store as an earlier build left it that applied a file with both. */
  async function makeEarlier(): Promise<void> {
    const service = await start(resource('one', PLAIN), resource('two', 'https://two.example'));
    await service.close();
    const text = await client.hget(keys.resources, 'two');
    const record = JSON.parse(text ?? '') as ResourceRecord;
    const spec = resource('two', SLASH);
    const config_digest = createHash('sha256').update(JSON.stringify(spec)).digest('hex');
    const two = { ...record, spec, config_digest };
    await client.hset(keys.resources, 'two', JSON.stringify(two));
    await client.del(keys.audienceHolders);
    await client.hset('cs:{control}:audiences', { [PLAIN]: 'one', [SLASH]: 'two' });
  }

  it('of an earlier build starts, warns, and compares them byte for byte', async () => {
    await makeEarlier();
    const service = await start(resource('one', PLAIN), resource('two', SLASH));
    try {
      const warning = service.log.find((line) => line.includes('equal audiences are registered'));
      expect(warning).to.contain(PLAIN).and.contain(SLASH).and.contain('"one"').and.contain('warn');
      expect(await audOf(service, PLAIN)).to.equal(PLAIN);
      expect(await audOf(service, SLASH)).to.equal(SLASH);
      expect(await audOf(service, `${PLAIN}:443`)).to.equal('invalid_target');
    } finally {
      await service.close();
    }
  });

  it('refuses a file that adds one more', async () => {
    await makeEarlier();
    const file = [resource('one', PLAIN), resource('two', SLASH)] as const;
    const third = resource('three', 'https://EQUAL.example:443');
    const refused = await start(...file, third).then(
      (service) => service.close(),
      (error: unknown) => String(error),
    );
    expect(refused).to.contain('https://EQUAL.example:443 belongs to another resource');
  });

  it('a registry file that is applied unchanged raises no floor, one that removes an audience does', async () => {
    const file = [resource('one', PLAIN, 'https://more.example')] as const;
    for (let starts = 0; starts < 2; starts++) await (await start(...file)).close();
    expect(await floors()).to.deep.equal([]);
    await (
      await start({ ...resource('one', PLAIN, 'https://more.example'), description: 'x' })
    ).close();
    expect(await floors(), 'something else changed').to.deep.equal([]);
    await (await start(resource('one', 'https://more.example'))).close();
    expect([...new Set(await floors())]).to.deep.equal([`audience:${SLASH}`]);
    expect(await floors()).to.have.length(64);
  });
});
