import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packArchive } from '../../../src/policy/bundle/pack.js';
import { fixtureBundle } from '../../support/bundles/build.js';
import { disguised, VULNERABLE } from '../../support/bundles/unsafe-bundles.js';
import { until } from '../../support/episode.js';
import { useService } from '../../support/use-service.js';
import { useFolder } from '../../support/use-started.js';

describe('a request that breaks the memory of the policy instance', function () {
  this.timeout(120_000);
  const path = join(useFolder(), 'bundle.tar.gz');
  const { service } = useService(async () => {
    const bundle = disguised(await fixtureBundle(VULNERABLE));
    const wasm = Buffer.from(bundle.modules.get('countersign/decision')?.original ?? []);
    writeFileSync(path, await packArchive(new Map([...bundle.files, ['policy.wasm', wasm]])));
    return { overrides: { 'policy.path': path, 'policy.admission.violations': 'warn' } };
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
