import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKeys } from '../../../src/redis/keys.js';
import { until } from '../../support/episode.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { programArgs } from '../../support/program.js';
import { useService } from '../../support/use-service.js';
import { useFolder } from '../../support/use-started.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const KEYS = createKeys('cs');

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

describe('an audit store that is removed under a running worker', function () {
  this.timeout(180_000);
  const dataDir = useFolder();
  const { service, redis, client } = useService(() => ({ dataDir }));
  let worker: CountersignProcess;
  before(() => startWorker());
  after(async () => {
    worker.kill('SIGKILL');
    await worker.exited;
  });

  async function startWorker(): Promise<void> {
    worker = await startProcess({
      command: 'worker',
      dir: dataDir,
      adminToken: service.adminToken,
      config: { redis: { url: redis.url, command_timeout_ms: 2000 }, data_dir: dataDir },
    });
  }

  async function restartWorker(): Promise<void> {
    worker.kill('SIGTERM');
    expect(await worker.exited).to.equal(0);
    await startWorker();
  }

  async function issue(count: number): Promise<unknown[]> {
    const issued: unknown[] = [];
    for (let i = 0; i < count; i++) {
      const answer = await service.http.sidecar('POST', '/token', {
        json: { resource: 'stripe', scope: 'read_invoices', ttl: 60 },
      });
      expect(answer.status, answer.text).to.equal(200);
      issued.push(answer.json()['decision_id']);
    }
    return issued;
  }

  const record = async (): Promise<Record<string, unknown>> =>
    (await service.http.admin('GET', '/admin/v1/audit?type=access.granted&limit=500')).json();
  const decisions = (page: Record<string, unknown>): unknown[] =>
    (page['items'] as Record<string, unknown>[]).map((item) => item['decision_id']);
  const lostMetric = async (): Promise<boolean> =>
    (await service.http.admin('GET', '/metrics')).text.includes(
      '\ncountersign_audit_store_lost 1\n',
    );

  /** What `countersign doctor --json` finds, by name. */
  async function doctor(): Promise<ReadonlyMap<string, Finding>> {
    const args = [...programArgs('src/main'), 'doctor', '--json'];
    const env = {
      PATH: process.env['PATH'],
      COUNTERSIGN_ADMIN_URL: service.adminUrl,
      COUNTERSIGN_ADMIN_TOKEN: service.adminToken,
    };
    const out = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { cwd: ROOT, env }, (_, stdout) => {
        resolve(stdout);
      });
    });
    const { checks } = JSON.parse(out) as { checks: readonly Finding[] };
    return new Map(checks.map((finding) => [finding.name, finding]));
  }

  let beforeLoss: unknown[] = [];

  it('while it is there, doctor says that all is well', async () => {
    beforeLoss = await issue(3);
    await until('the record is complete', async () => (await record())['complete'] === true);
    const findings = await doctor();
    expect(findings.get('audit store')).to.include({ ok: true });
    expect(findings.get('worker')).to.include({ ok: true });
  });

  it('is an alarm in log, metrics and doctor before the next event comes', async () => {
    for (const file of ['', '-wal', '-shm']) rmSync(join(dataDir, `audit.db${file}`));
    await until('the API says so', async () => (await record())['problem'] !== undefined);
    const page = await record();
    expect(page['problem']).to.contain('audit store lost').and.contain('runbooks');
    expect(page['complete']).to.equal(false);
    expect(decisions(page), 'the record until then can be saved').to.have.members(beforeLoss);
    await until('the log has it', () => worker.output().includes('audit store lost'));
    await until('the metric shows it', lostMetric);
    const findings = await doctor();
    expect(findings.get('audit store')).to.include({ ok: false });
  });

  let sinceLoss: unknown[] = [];

  it('loses no event: they wait in the streams, also when the worker is restarted', async () => {
    sinceLoss = await issue(5);
    await restartWorker();
    await until('the restarted worker refuses', () =>
      worker.output().includes('exported to another audit store'),
    );
    const findings = await doctor();
    expect(findings.get('audit store')?.ok).to.equal(false);
    expect(findings.get('worker')?.ok).to.equal(false);
    const streams = await client.keys('cs:{*}:audit');
    const entries = await Promise.all(streams.map((key) => client.xlen(key)));
    expect(entries.reduce((sum, length) => sum + length, 0)).to.be.at.least(5);
  });

  it('and is well again after what the runbook says, with every event since the loss', async () => {
    await client.del(KEYS.auditOwner);
    await until('the record is complete', async () => (await record())['complete'] === true);
    expect(decisions(await record())).to.have.members(sinceLoss);
    const findings = await doctor();
    expect(findings.get('audit store')).to.include({ ok: true });
    expect(findings.get('worker')).to.include({ ok: true });
    await until('the metric is back', async () => !(await lostMetric()));
  });
});
