import { expect } from 'chai';
import { until } from '../../support/episode.js';
import { LogReceiver } from '../../support/log-receiver.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { useService } from '../../support/use-service.js';
import { useFolder } from '../../support/use-started.js';
import { Receiver } from '../worker/harness.js';

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const LOST = 'countersign_decision_log_events_total{sink="http",outcome="lost_overflow"}';

describe('the decision log of a worker in a separate process', function () {
  this.timeout(120_000);
  const receiver = new LogReceiver();
  const hook = new Receiver();
  const dataDir = useFolder();
  let url: string;
  const { service, redis } = useService(async () => {
    url = await receiver.listen();
    // The service shows what the worker's sinks are at; it writes nothing itself.
    return { dataDir, overrides: { 'decision_log.http.url': url } };
  });
  let worker: CountersignProcess | undefined;
  let config: Readonly<Record<string, unknown>>;
  before(async () => {
    config = {
      redis: { url: redis.url, command_timeout_ms: 2000 },
      data_dir: dataDir,
      issuer: 'http://127.0.0.1:8484',
      webhooks: [{ id: 'soc', url: await hook.listen(), secret_env: 'SOC_SECRET' }],
      decision_log: {
        http: { url, token_env: 'LOG_TOKEN', min_delay_ms: 0, max_delay_ms: 0 },
        buffer_max_bytes: 200_000,
      },
    };
  });
  after(async () => {
    worker?.kill('SIGKILL');
    await worker?.exited;
    await receiver.close();
    hook.close();
  });

  async function ask(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const answer = await service.http.sidecar('POST', '/token', {
        json: { resource: 'stripe', scope: 'read_invoices', ttl: 60 },
      });
      expect(answer.status, answer.text).to.equal(200);
    }
  }

  async function start(): Promise<void> {
    worker = await startProcess({
      command: 'worker',
      dir: dataDir,
      adminToken: service.adminToken,
      config,
      env: { SOC_SECRET: WEBHOOK_SECRET, LOG_TOKEN: 'sesame' },
    });
  }

  it('has each decision after a kill -9 in the middle of an upload, that upload at most twice', async () => {
    await ask(40);
    // The first upload gets no answer: what came with it may or may not have been taken.
    receiver.answer = () => undefined;
    await start();
    await until('an upload is under way', () => receiver.uploads.length > 0);
    worker?.kill('SIGKILL');
    await worker?.exited;
    receiver.answer = () => 200;
    await ask(10);
    await start();
    await until('everything arrived', () => receiver.ids().length >= 50);
    expect(new Set(receiver.ids()).size).to.equal(50);
    expect(receiver.ids()).to.have.length(50);
    for (const { headers } of receiver.uploads) {
      expect(headers.authorization).to.equal('Bearer sesame');
    }
    expect(worker?.output()).not.to.contain('sesame');
  });

  it('is shown by the service, and its losses reach the webhooks', async () => {
    receiver.answer = () => 503;
    await ask(150);
    await until('the cap was passed', async () => (await metric(LOST)) > 0);
    receiver.answer = () => 200;
    const shown = await service.http.admin('GET', '/v1/status');
    expect(shown.json()['result']).to.have.nested.property('plugins.decision_logs');
    await until('the webhook was told', () => hook.received.length > 0);
    const told = JSON.parse(hook.received[0]?.body ?? '{}') as Record<string, unknown>;
    expect(told['type']).to.equal('audit.gap');
    expect(told['data']).to.deep.include({ alarms: ['decision_log_lost'] });
    await until('the rest arrived', async () => {
      return new Set(receiver.ids()).size + (await metric(LOST)) === 200;
    });
  });

  async function metric(name: string): Promise<number> {
    const page = await service.http.admin('GET', '/metrics');
    const line = page.text.split('\n').find((text) => text.startsWith(`${name} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }
});
