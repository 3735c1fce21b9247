import { expect } from 'chai';
import { expectError, tokenAsk, tokenOf } from '../http/table/asks.js';
import { registerAgent, useTableService, type Client } from '../http/table/table-service.js';

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];
const REASON = { json: { reason: 'deleted by mistake' } };

describe('ids of deleted clients', () => {
  const table = useTableService();
  const http = () => table().service.http;
  const admin = (method: string, path: string, json?: object) =>
    http().admin(method, `/admin/v1${path}`, json === undefined ? {} : { json });
  const ask = (client: Client) => http().send('POST', '/token', tokenAsk('json', client));
  const isActive = async (token: string) => {
    const basic = table().service.resourceServer;
    const answer = await http().send('POST', '/introspect', { basic, form: { token } });
    return answer.json()['active'];
  };
  const secretIn = (answer: { json(): Record<string, unknown> }): string =>
    String((answer.json()['secret'] as { secret: unknown }).secret);

  async function deletedAgent(id: string): Promise<{ old: Client; token: string }> {
    const old = await registerAgent(http(), { id, grants: GRANTS });
    const token = tokenOf(await ask(old));
    expect((await admin('DELETE', `/agents/${id}`)).status).to.equal(204);
    return { old, token };
  }

  it('every route of a deleted agent says so, and how to go on', async () => {
    await deletedAgent('said');
    for (const [method, path, json, status] of [
      ['GET', '/agents/said', undefined, 404],
      ['DELETE', '/agents/said', undefined, 404],
      ['POST', '/agents/said/secrets', undefined, 404],
      ['GET', '/agents/said/signals', undefined, 404],
      ['POST', '/agents', { id: 'said' }, 409],
    ] as const) {
      const answer = await admin(method, path, json);
      expect(answer.status, path).to.equal(status);
      expect(answer.json()['detail'], path).to.equal('The agent of this id was deleted.');
      expect(answer.json()['hint'], path).to.match(/agent restore.*reuse_deleted=true/);
    }
    const unknown = await admin('GET', '/agents/never-registered');
    expect(unknown.json()['detail']).not.to.include('deleted');
  });

  it('a restored agent has its grants and a new secret; old secrets and tokens stay dead', async () => {
    const { old, token } = await deletedAgent('back');
    const answer = await http().admin('POST', '/admin/v1/agents/back/restore', REASON);
    expect(answer.status, answer.text).to.equal(201);
    expect(answer.json()['agent']).to.include({ status: 'active' });
    expectError(await ask(old), 'json', 401, 'invalid_client');
    expect(await isActive(token)).to.equal(false);
    expect(await isActive(tokenOf(await ask(['back', secretIn(answer)])))).to.equal(true);
    const again = await http().admin('POST', '/admin/v1/agents/back/restore', REASON);
    expectError(again, 'json', 409, 'conflict');
  });

  for (const status of ['quarantined', 'disabled'] as const) {
    it(`deletion and restoration do not end the status ${status}`, async () => {
      await registerAgent(http(), { id: `was-${status}`, grants: GRANTS });
      await admin('POST', `/agents/was-${status}/status`, { status, reason: 'suspicious' });
      await admin('DELETE', `/agents/was-${status}`);
      const answer = await http().admin('POST', `/admin/v1/agents/was-${status}/restore`, REASON);
      expect(answer.json()['agent']).to.include({ status });
      const refused = await ask([`was-${status}`, secretIn(answer)]);
      expect(refused.status).to.equal(status === 'disabled' ? 401 : 403);
    });
  }

  it('a new owner of the id gets nothing of the former one', async () => {
    const { old, token } = await deletedAgent('reused');
    const made = await admin('POST', '/agents?reuse_deleted=true', { id: 'reused' });
    expect(made.status, made.text).to.equal(201);
    expect((made.json()['agent'] as { spec: object }).spec).to.deep.equal({ id: 'reused' });
    expectError(await ask(old), 'json', 401, 'invalid_client');
    expect(await isActive(token)).to.equal(false);
    expectError(await ask(['reused', secretIn(made)]), 'json', 403, 'access_denied');
    const taken = await admin('POST', '/agents?reuse_deleted=true', { id: 'reused' });
    expectError(taken, 'json', 409, 'conflict');
  });

  it('a resource server’s id needs the flag too', async () => {
    const spec = { id: 'api', resources: ['stripe'] };
    const first = await admin('POST', '/resource-servers', spec);
    await admin('DELETE', '/resource-servers/api');
    const refused = await admin('POST', '/resource-servers', spec);
    expect(refused.status).to.equal(409);
    expect(refused.json()['detail']).to.equal('The resource server of this id was deleted.');
    const made = await admin('POST', '/resource-servers?reuse_deleted=true', spec);
    expect(made.status, made.text).to.equal(201);
    const introspect = (secret: string) =>
      http().send('POST', '/introspect', { basic: ['api', secret], form: { token: 'x' } });
    expect((await introspect(secretIn(first))).status).to.equal(401);
    expect((await introspect(secretIn(made))).status).to.equal(200);
  });

  it('ids and audiences of resources are re-used without a flag', async () => {
    const spec = { id: 'crm', audiences: ['https://crm.example'], scopes: [] };
    const scopes = [{ name: 'look', risk: 'low', description: 'Look' }];
    const put = (id: string) =>
      http().admin('PUT', `/admin/v1/resources/${id}`, {
        json: { ...spec, scopes, id, version: 0 },
      });
    expect((await put('crm')).status).to.be.oneOf([200, 201]);
    await admin('DELETE', '/resources/crm');
    expect((await put('crm')).status).to.be.oneOf([200, 201]);
    await admin('DELETE', '/resources/crm');
    expect((await put('crm-2')).status).to.be.oneOf([200, 201]);
  });
});
