import { expect } from 'chai';
import type { SimulationReport } from '../../../src/domain/simulation.js';
import { until } from '../../support/episode.js';
import { closeCounts } from '../../http/table/stream-events.js';
import { LOAD_AGENT } from '../../support/service.js';
import { useService } from '../../support/use-service.js';

const QUIET = { ...LOAD_AGENT, id: 'quiet-agent', class: 'batch' };

describe('signals simulate, on what a service recorded', function () {
  this.timeout(60_000);
  const { service, redis } = useService(() => ({ agents: [LOAD_AGENT, QUIET], worker: true }));
  before(async () => {
    const { http, agent: basic } = service;
    const ask = (scope: string) =>
      http.send('POST', '/token', { basic, json: { resource: 'stripe', scope, ttl: 300 } });
    for (let i = 0; i < 5; i++) expect((await ask('read_invoices')).status).to.equal(200);
    for (let i = 0; i < 3; i++) expect((await ask(`no:such:${String(i)}`)).status).to.equal(403);
    // Honey, again and again: the score passes every threshold, cold or not.
    // The first time as a question about itself, which counts as a request does.
    const json = {
      subject: { type: 'agent', id: basic[0] },
      action: { name: 'export_all' },
      resource: { type: 'resource', id: 'stripe' },
    };
    const asked = await http.send('POST', '/access/v1/evaluation', { basic, json });
    expect(asked.json()['decision']).to.equal(false);
    // Within two seconds it would be a repetition by another method.
    const askedMs = Date.now();
    await until('a repetition counts', () => Promise.resolve(Date.now() - askedMs > 2500));
    for (let i = 0; i < 2; i++) expect((await ask('export_all')).status).to.equal(403);
    expect((await ask('read_invoices')).status).to.equal(403);
    await closeCounts(redis);
    await until('the record is complete', async () => {
      const page = await http.admin('GET', '/admin/v1/audit');
      return page.json()['complete'] === true;
    });
  });

  const simulate = async (more: object = {}): Promise<SimulationReport> => {
    const json = { since: '0', quarantine: 0.95, warm_up_seconds: 0, ...more };
    const answer = await service.http.admin('POST', '/admin/v1/signals/simulations', { json });
    expect(answer.status, answer.text).to.equal(200);
    return answer.json() as unknown as SimulationReport;
  };
  const recorded = async (decision: string): Promise<Record<string, unknown>> => {
    const path = `/admin/v1/audit?decision=${decision}&type=access.denied`;
    const page = await service.http.admin('GET', path);
    return (page.json()['items'] as Record<string, unknown>[])[0] ?? {};
  };

  it('finds the request that was stopped, at the score it had then', async () => {
    const report = await simulate();
    expect(report).to.include({ agents: 1, stopped: 1 });
    const [stop] = report.stops;
    expect(stop).to.include({ agent: 'demo-agent', tokens_cut: 5, later_requests: 1 });
    const event = await recorded(stop?.decision_id ?? '');
    expect(event).to.deep.include({ scopes_requested: ['export_all'], honey_scopes: 1 });
    expect(stop?.anomaly).to.be.closeTo(Number(event['anomaly']), 0.001);
    expect(stop?.signals.map(({ name }) => name)).to.deep.equal(
      (event['signals'] as { name: string }[]).map(({ name }) => name),
    );
    expect(event['client']).to.match(/^[0-9a-f]{16}$/);
  });

  it('stops no agent before, and none of another class', async () => {
    expect((await simulate({ class: 'batch' })).stopped).to.equal(0);
    expect((await simulate({ agent: 'quiet-agent' })).agents).to.equal(0);
    expect((await simulate({ class: 'default' })).stopped).to.equal(1);
    const [stop] = (await simulate()).stops;
    const until = String((stop?.at_ms ?? 0) - 1);
    expect((await simulate({ until })).stopped).to.equal(0);
  });

  it('refuses thresholds and times that cross', async () => {
    for (const wrong of [{ step_up: 0.99 }, { since: '2000', until: '1000' }]) {
      const json = { since: '0', quarantine: 0.95, ...wrong };
      const answer = await service.http.admin('POST', '/admin/v1/signals/simulations', { json });
      expect(answer.status).to.equal(400);
    }
  });
});
