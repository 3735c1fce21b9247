import { expect } from 'chai';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { streamEvents } from '../table/stream-events.js';
import {
  registerAgent,
  registerResourceServer,
  useTableService,
  type Client,
} from '../table/table-service.js';
import { asker, contextOf, decisionOf, question, type Asked } from './questions.js';

describe('POST /access/v1/evaluation → 200', () => {
  const table = useTableService();
  const ask = (asked: Asked = {}, as?: Client) => asker(table(), as).one(question(asked));
  const lastEvent = async (): Promise<AuditEvent> => {
    const events = await streamEvents(table().redis);
    const found = events.filter(({ type }) => type === 'policy.evaluated');
    return found.find(({ decision_id: id }) => id === lastId) ?? { type: 'audit.gap', principal };
  };
  const principal = { kind: 'system', id: 'no event' } as const;
  let lastId: unknown;
  const decided = async (asked: Asked = {}, as?: Client): Promise<boolean> => {
    const answer = await ask(asked, as);
    lastId = contextOf(answer)['decision_id'];
    return decisionOf(answer);
  };

  it('yes, with the decision’s id and the lifetime a token would have; recorded', async () => {
    const { service } = table();
    const context = {
      ttl_seconds: 120,
      task_id: 't1',
      session_id: 's1',
      user_id: 'u1',
      reason: 'r',
    };
    const answer = await ask({ context });
    lastId = contextOf(answer)['decision_id'];
    expect(answer.json()).to.deep.equal({
      decision: true,
      context: { decision_id: lastId, ttl_seconds: 120 },
    });
    expect(await lastEvent()).to.deep.include({
      type: 'policy.evaluated',
      principal: { kind: 'resource_server', id: service.resourceServer[0] },
      agent_id: 'demo-agent',
      resource: 'stripe',
      scopes_requested: ['read_invoices'],
      effect: 'allow',
      ...{ task_id: 't1', session_id: 's1', user_id: 'u1', declared_reason: 'r' },
      request_id: answer.headers['x-request-id'],
      authentication: 'client_secret_basic',
      detail: { api: 'authzen', answer: true },
    });
    expect(await lastEvent()).to.include.keys('policy_revision', 'input_digest', 'rules');
    expect(await lastEvent()).not.to.have.any.keys('jti', 'grant_id', 'scopes_granted');
  });

  it('the resource by its audience URI too, and the lifetime shortened to every cap', async () => {
    const context = { ttl_seconds: 1e9 };
    const answer = await ask({ resource: 'https://api.stripe.demo', context });
    expect(decisionOf(answer)).to.equal(true);
    expect(contextOf(answer)['ttl_seconds']).to.equal(900);
  });

  it('no, to a resource server without a word why; on the record with rules and codes', async () => {
    const answer = await ask({ scope: 'write_invoices' });
    lastId = contextOf(answer)['decision_id'];
    expect(answer.json()).to.deep.equal({ decision: false, context: { decision_id: lastId } });
    expect(await lastEvent()).to.deep.include({
      agent_id: 'demo-agent',
      effect: 'deny',
      codes: ['scope_not_granted'],
      detail: { api: 'authzen', answer: false },
    });
  });

  it('no, to the agent itself with the reasons a denied token request has', async () => {
    const { service } = table();
    const json = { resource: 'stripe', scope: 'write_invoices' };
    const denied = await service.http.send('POST', '/token', { basic: service.agent, json });
    const answer = await ask({ scope: 'write_invoices' }, service.agent);
    expect(decisionOf(answer)).to.equal(false);
    expect(contextOf(answer)['reasons']).to.deep.equal(denied.json()['reasons']);
  });

  it('an agent about itself: yes, where it would get a token', async () => {
    expect(await decided({}, table().service.agent)).to.equal(true);
    expect(await lastEvent()).to.deep.include({
      principal: { kind: 'agent', id: 'demo-agent' },
      agent_id: 'demo-agent',
    });
  });

  it('what waits for a person is no, and reports it', async () => {
    const answer = await ask({ scope: 'create_refund' });
    expect(decisionOf(answer)).to.equal(false);
    expect(contextOf(answer)).to.have.all.keys('decision_id', 'review_required');
    const own = await ask({ scope: 'create_refund' }, table().service.agent);
    expect(contextOf(own)).to.have.all.keys('decision_id', 'review_required', 'reasons');
  });

  it('a wildcard is granted as a whole or not at all', async () => {
    expect(await decided({ resource: 'customers-db', scope: 'read:customers:*' })).to.equal(true);
    expect(await decided({ resource: 'customers-db', scope: 'read:*' })).to.equal(false);
  });

  it('a quarantined, a disabled and a deleted agent: no, as soon as it is acknowledged', async () => {
    const { http } = table().service;
    const grants = [{ resource: 'stripe', scopes: ['read_invoices'] }];
    for (const status of ['quarantined', 'disabled', 'deleted'] as const) {
      const agent = `fallen-${status}`;
      await registerAgent(http, { id: agent, grants });
      expect(await decided({ agent })).to.equal(true);
      const path = `/admin/v1/agents/${agent}`;
      const json = { status, reason: 'test' };
      const done =
        status === 'deleted'
          ? await http.admin('DELETE', path)
          : await http.admin('POST', `${path}/status`, { json });
      expect(done.status, done.text).to.be.within(200, 204);
      expect(await decided({ agent })).to.equal(false);
      expect(await lastEvent()).to.deep.include({ codes: [`agent_${status}`] });
    }
  });

  it('a quarantined agent that asks about itself does not learn of the quarantine', async () => {
    const { http } = table().service;
    const grants = [{ resource: 'stripe', scopes: ['read_invoices'] }];
    const client = await registerAgent(http, { id: 'jailed', grants });
    const json = { status: 'quarantined', reason: 'test' };
    await http.admin('POST', '/admin/v1/agents/jailed/status', { json });
    const answer = await ask({ agent: 'jailed' }, client);
    expect(decisionOf(answer)).to.equal(false);
    const bare = await registerAgent(http, { id: 'bare' });
    const other = contextOf(await ask({ agent: 'bare' }, bare));
    expect({ ...contextOf(answer), decision_id: '' }).to.deep.equal({ ...other, decision_id: '' });
    expect(answer.text).not.to.match(/quarantin/i);
  });

  for (const by of ['agent', 'resource', 'task', 'all'] as const) {
    it(`what an operator denies by ${by} until lifted: no, and yes again after the lift`, async () => {
      const { http } = table().service;
      const grants = [{ resource: 'research-api', scopes: ['search'] }];
      const agent = `barred-${by}`;
      await registerAgent(http, { id: agent, grants });
      const context = { task_id: `task-${by}` };
      const asked = { agent, resource: 'research-api', scope: 'search', context };
      expect(await decided(asked)).to.equal(true);
      const values = { agent, resource: 'research-api', task: `task-${by}`, all: '*' };
      const json = { by, value: values[by], reason: 'test' };
      const revoke = { json: { ...json, deny_until_lifted: true } };
      expect((await http.admin('POST', '/admin/v1/revocations', revoke)).status).to.equal(200);
      expect(await decided(asked)).to.equal(false);
      expect(await lastEvent()).to.deep.include({ codes: ['agent_revoked'] });
      const lifted = await http.admin('POST', '/admin/v1/revocations/lift', { json });
      expect(lifted.status).to.equal(200);
      expect(await decided(asked)).to.equal(true);
    });
  }

  it('a changed grant and a changed list of resources show in the next answer', async () => {
    const { http } = table().service;
    const spec = { id: 'changing', grants: [{ resource: 'stripe', scopes: ['read_invoices'] }] };
    await registerAgent(http, spec);
    const server = await registerResourceServer(http, 'changing-api', ['research-api']);
    expect(await decided({ agent: 'changing' }, server)).to.equal(false);
    const widened = { id: 'changing-api', resources: ['stripe'], version: 1 };
    const put = await http.admin('PUT', '/admin/v1/resource-servers/changing-api', {
      json: widened,
    });
    expect(put.status, put.text).to.equal(200);
    expect(await decided({ agent: 'changing' }, server)).to.equal(true);
    const json = { ...spec, grants: [], version: 1 };
    const updated = await http.admin('PUT', '/admin/v1/agents/changing', { json });
    expect(updated.status, updated.text).to.equal(200);
    expect(await decided({ agent: 'changing' }, server)).to.equal(false);
  });
});
