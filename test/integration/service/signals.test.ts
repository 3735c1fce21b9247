import { expect } from 'chai';
import { join } from 'node:path';
import type { AgentSignals } from '../../../src/use-cases/admin/signals.js';
import { until } from '../../support/episode.js';
import { startService } from '../../support/service.js';
import { useService } from '../../support/use-service.js';

const SIGNALS = '/admin/v1/agents/demo-agent/signals';

describe('the signals of a running service', function () {
  this.timeout(120_000);
  const { service, redis } = useService(() => ({ worker: true }));

  async function ask(scope: string): Promise<number> {
    const json = { resource: 'stripe', scope };
    return (await service.http.send('POST', '/token', { basic: service.agent, json })).status;
  }

  async function look(): Promise<AgentSignals> {
    const answer = await service.http.admin('GET', SIGNALS);
    expect(answer.status).to.equal(200);
    return answer.json() as unknown as AgentSignals;
  }

  const sum = (numbers: readonly number[] = []): number => numbers.reduce((a, b) => a + b, 0);

  /** The value of a metric now; services of one process share their registry. */
  async function metric(name: string): Promise<number> {
    const { text } = await service.http.admin('GET', '/metrics');
    const line = text.split('\n').find((one) => one.startsWith(`${name} `)) ?? '';
    return Number(line.slice(name.length + 1));
  }
  const SCORES = 'countersign_anomaly_score_count{class="default"}';
  const LEARNING = 'countersign_learning_requests_total';
  let scored = 0;
  let learned = 0;

  it('show what the agent did as soon as the worker stored it, and why its score is what it is', async () => {
    [scored, learned] = [await metric(SCORES), await metric(LEARNING)];
    const statuses = [];
    for (const scope of ['read_invoices', 'read_invoices', 'export_all', 'drop_tables']) {
      statuses.push(await ask(scope));
    }
    expect(statuses).to.deep.equal([200, 200, 403, 403]);
    let seen: AgentSignals | undefined;
    await until('the decisions are in the store', async () => {
      seen = await look();
      return sum(seen.series?.cells.requests) === 4;
    });
    expect(sum(seen?.series?.cells.granted)).to.equal(2);
    expect(sum(seen?.series?.cells.denials)).to.equal(2);
    expect(seen?.profile).to.include({ learning: true, events: 4 });
    const honey = seen?.profile.terms.find(({ name }) => name === 'honey_60m');
    expect(honey).to.include({ value: 1, sentence: 'honey: 1 in 60 min, expected 0' });
  });

  it('are metrics by class and term, never by agent', async () => {
    const { text } = await service.http.admin('GET', '/metrics');
    expect((await metric(SCORES)) - scored).to.equal(4);
    expect((await metric(LEARNING)) - learned).to.equal(4);
    const labels = [...text.matchAll(/[a-z_]+="((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value);
    expect(labels).to.have.length.greaterThan(100);
    for (const id of ['demo-agent', ...service.agent]) expect(labels).to.not.include(id);
  });

  it('are exported whole, and forgotten by a reset that is on the record', async () => {
    const exported = await service.http.admin('GET', `${SIGNALS}/export`);
    expect(exported.json()).to.have.nested.property('state.events', 4);
    const json = { reason: 'another job' };
    const reset = await service.http.admin('POST', `${SIGNALS}/reset`, { json });
    expect(reset.status).to.equal(204);
    expect((await look()).profile).to.include({ events: 0, learning: true, state_bytes: 0 });
    const audit = await service.http.admin('GET', '/admin/v1/audit?type=signals.reset');
    expect(audit.json()['items']).to.have.nested.property('[0].detail.reason', 'another job');
    expect((await service.http.admin('GET', `${SIGNALS}/export`)).json()['state']).to.equal(null);
    // What was done stays on the record.
    expect(sum((await look()).series?.cells.requests)).to.equal(4);
  });

  it('are 404 for an unregistered agent', async () => {
    const answer = await service.http.admin('GET', '/admin/v1/agents/nobody/signals');
    expect(answer.status).to.equal(404);
  });

  it('are a profile without a series where no worker has made a store, and say so', async () => {
    const alone = await startService({
      redisUrl: redis.url,
      dataDir: service.dataDir,
      overrides: { 'audit.store_path': join(service.dataDir, 'elsewhere', 'audit.db') },
    });
    try {
      const answer = await alone.http.admin('GET', SIGNALS);
      expect(answer.status).to.equal(200);
      expect(answer.json()).to.not.have.property('series');
      expect(answer.json()['series_missing']).to.contain('no audit store on this machine');
    } finally {
      await alone.close();
    }
  });
});
