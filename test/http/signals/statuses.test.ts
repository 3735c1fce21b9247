import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { AGENT_SIGNALS } from '../../support/fake-signals.js';
import { ADMIN_TOKENS, useFakeService } from '../../support/http-listeners.js';

const SIGNALS = '/admin/v1/agents/demo-agent/signals';
const AUDITOR = { adminToken: ADMIN_TOKENS.auditor };

describe('/admin/v1/agents/{id}/signals', () => {
  const service = useFakeService();

  it('200: profile and series, also for an auditor', async () => {
    const answer = await service().client.admin('GET', SIGNALS, AUDITOR);
    expect([answer.status, answer.json()]).to.deep.equal([200, AGENT_SIGNALS]);
    expect(service().operations.last('signals.show').arguments).to.deep.equal([
      'demo-agent',
      undefined,
    ]);
  });

  for (const [since, ms] of [
    ['1700000000000', 1_700_000_000_000],
    ['2023-11-14T22:13:20Z', 1_700_000_000_000],
  ] as const) {
    it(`200: since ${since}`, async () => {
      await service().client.admin('GET', `${SIGNALS}?since=${since}`);
      expect(service().operations.last('signals.show').arguments[1]).to.equal(ms);
    });
  }

  for (const query of [
    'since=yesterday',
    'since=-1',
    'since=7d',
    'since=1&since=2',
    'since=2023-02-30T00:00:00Z',
    'limit=5',
    'until=1',
  ]) {
    it(`400: ?${query}`, async () => {
      const answer = await service().client.admin('GET', `${SIGNALS}?${query}`);
      expect(answer.status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('204: reset, by an operator, with the reason', async () => {
    const answer = await service().client.admin('POST', `${SIGNALS}/reset`, {
      json: { reason: 'new job' },
      adminToken: ADMIN_TOKENS.operator,
    });
    expect([answer.status, answer.text]).to.deep.equal([204, '']);
    const [id, reason, context] = service().operations.last('signals.reset').arguments;
    expect([id, reason]).to.deep.equal(['demo-agent', 'new job']);
    expect(context).to.have.nested.property('principal.kind', 'admin');
  });

  for (const [what, ask] of [
    ['no body', {}],
    ['no reason', { json: {} }],
    ['an empty reason', { json: { reason: '' } }],
    ['a reason without end', { json: { reason: 'x'.repeat(513) } }],
    ['another member', { json: { reason: 'x', force: true } }],
  ] as const) {
    it(`400 or 415: reset with ${what}`, async () => {
      const answer = await service().client.admin('POST', `${SIGNALS}/reset`, ask);
      expect(answer.status).to.be.oneOf([400, 415]);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('403: an auditor resets nothing', async () => {
    const ask = { ...AUDITOR, json: { reason: 'x' } };
    expect((await service().client.admin('POST', `${SIGNALS}/reset`, ask)).status).to.equal(403);
  });

  it('200: the export is a file, also for an auditor', async () => {
    const answer = await service().client.admin('GET', `${SIGNALS}/export`, AUDITOR);
    expect(answer.status).to.equal(200);
    expect(answer.headers).to.include({
      'content-disposition': 'attachment; filename="signals-demo-agent.json"',
      'cache-control': 'no-store',
    });
    expect(answer.json()).to.deep.include({ agent_id: 'demo-agent', state: { events: 3 } });
  });

  it('404: an agent that does not exist, or no id at all', async () => {
    expect((await service().client.admin('GET', '/admin/v1/agents/a%2fb/signals')).status).to.equal(
      404,
    );
    service().operations.adminFails = new CountersignError('not_found', 'No such agent.');
    const statuses = [
      await service().client.admin('GET', SIGNALS),
      await service().client.admin('POST', `${SIGNALS}/reset`, { json: { reason: 'x' } }),
      await service().client.admin('GET', `${SIGNALS}/export`),
    ].map(({ status }) => status);
    expect(statuses).to.deep.equal([404, 404, 404]);
  });

  it('405: PUT', async () => {
    const answer = await service().client.admin('PUT', SIGNALS, { json: {} });
    expect([answer.status, answer.headers['allow']]).to.deep.equal([405, 'GET, HEAD, OPTIONS']);
  });
});
