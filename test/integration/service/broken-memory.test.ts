import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packArchive } from '../../../src/policy/bundle/pack.js';
import { fixtureBundle } from '../../support/bundles/build.js';
import { disguised, VULNERABLE } from '../../support/bundles/unsafe-bundles.js';
import { until } from '../../support/episode.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { startService, type TestService } from '../../support/service.js';

describe('a request that breaks the memory of the policy instance', function () {
  this.timeout(120_000);
  let redis: TestRedis;
  let service: TestService;
  let dir: string;

  before(async () => {
    redis = await startRedis();
    dir = mkdtempSync(join(tmpdir(), 'countersign-broken-memory-'));
    const path = join(dir, 'bundle.tar.gz');
    const bundle = disguised(await fixtureBundle(VULNERABLE));
    const wasm = Buffer.from(bundle.modules.get('countersign/decision')?.original ?? []);
    writeFileSync(path, await packArchive(new Map([...bundle.files, ['policy.wasm', wasm]])));
    service = await startService({
      redisUrl: redis.url,
      overrides: { 'policy.path': path, 'policy.admission.violations': 'warn' },
    });
  });
  after(async () => {
    await service.close();
    await redis.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is answered 503 and counted; the next request is granted and health checks pass', async () => {
    const ask = (reason: string) =>
      service.http.send('POST', '/token', {
        basic: service.agent,
        json: { resource: 'stripe', scope: 'read_invoices', ttl: 60, reason },
      });
    for (let round = 0; round < 5; round++) {
      expect((await ask('true')).status).to.equal(503);
      const next = await ask('{}');
      expect(next.status, next.text).to.equal(200);
      expect((await service.http.admin('GET', '/readyz')).status).to.equal(200);
    }
    await until('the rebuilds are counted', async () => {
      const { text } = await service.http.admin('GET', '/metrics');
      return /^countersign_engine_rebuilds_total 5$/m.test(text);
    });
    const { text } = await service.http.admin('GET', '/metrics');
    expect(text).to.match(/^countersign_engine_faults_total\{kind="result_unreadable"\} 5$/m);
    expect(text).to.match(/^countersign_engine_known_answer_failing 0$/m);
  });
});
