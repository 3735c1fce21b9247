import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { type Answer, HttpClient } from '../../support/http.js';
import { bundleFile } from '../../support/two-services.js';
import { useService } from '../../support/use-service.js';

const AUDITOR = 'cs_admin_test_of_turns_auditor';
const OPERATOR = 'cs_admin_test_of_turns_operator';
const DIFF = '/admin/v1/policy/diff?from=first&to=second';
/** Diffs of the auditor that are open at any time: one runs, two wait, the others are refused. */
const OPEN = 6;

describe('analyses of several principals', function () {
  this.timeout(300_000);
  const running = useService(() => ({
    overrides: {
      'policy.path': bundleFile(GRANT_WHAT_IS_ASKED, 'first', 1),
      'policy.admission.violations': 'warn',
      'redis.command_timeout_ms': 10_000,
    },
    admin: {
      principals: [
        { id: 'audrey', role: 'auditor', token_sha256: sha256(AUDITOR) },
        { id: 'olaf', role: 'operator', token_sha256: sha256(OPERATOR) },
      ],
    },
  }));
  const clients: HttpClient[] = [];
  const clientOf = (adminToken: string): HttpClient => {
    const { publicUrl, adminUrl, sidecarUrl } = running.service;
    const client = new HttpClient({ publicUrl, adminUrl, sidecarUrl, adminToken });
    clients.push(client);
    return client;
  };
  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
  });

  it('take turns, wait within a bound, and delay no activation', async () => {
    const pushed = await running.service.http.admin('POST', '/admin/v1/policy/bundles', {
      body: readFileSync(bundleFile(GRANT_WHAT_IS_ASKED, 'second', 2)),
      headers: { 'content-type': 'application/gzip' },
    });
    expect(pushed.status, pushed.text).to.equal(201);
    const answers: Answer[] = [];
    let looping = true;
    const loops = Array.from({ length: OPEN }, async () => {
      const client = clientOf(AUDITOR);
      while (looping) {
        answers.push(await client.admin('GET', DIFF));
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
    try {
      const path = '/admin/v1/policy/bundles/second/activate';
      const activated = await running.service.http.admin('POST', path, { json: {} });
      expect(activated.status, running.service.log.slice(-3).join('\n')).to.equal(200);
      const before = finished(answers);
      const other = await clientOf(OPERATOR).admin('GET', DIFF);
      expect(other.status, other.text).to.equal(200);
      // One that runs, and one of the auditor that came before.
      expect(finished(answers) - before).to.be.at.most(3);
    } finally {
      looping = false;
      await Promise.all(loops);
    }
    const statuses = answers.map(({ status }) => status);
    expect(statuses).to.include(200).and.include(429).and.not.include(409);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json()).to.include({ error: 'slow_down' });
    expect(Number(refused?.headers['retry-after'])).to.be.greaterThan(0);
  });
});

function finished(answers: readonly Answer[]): number {
  return answers.filter(({ status }) => status === 200).length;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
