import { expect } from 'chai';
import { tokenAsk, tokenOf } from '../http/table/asks.js';
import { registerAgent, useTableService, type Client } from '../http/table/table-service.js';

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];

describe('tokens that outlive what they rest on', () => {
  const table = useTableService();
  const http = () => table().service.http;

  async function agentWithToken(id: string): Promise<{ client: Client; token: string }> {
    const client = await registerAgent(http(), { id, grants: GRANTS });
    const asked = await http().send('POST', '/token', tokenAsk('json', client));
    return { client, token: tokenOf(asked) };
  }

  async function isActive(token: string): Promise<unknown> {
    const basic = table().service.resourceServer;
    const answer = await http().send('POST', '/introspect', { basic, form: { token } });
    return answer.json()['active'];
  }

  async function secretsOf(id: string): Promise<readonly string[]> {
    const answer = await http().admin('GET', `/admin/v1/agents/${id}`);
    return (answer.json()['secrets'] as { id: string }[]).map((secret) => secret.id);
  }

  const remove = (id: string, secret = '', query = '') =>
    http().admin('DELETE', `/admin/v1/agents/${id}/secrets/${secret}${query}`);
  const replace = (id: string, spec: object, version: number, query = '') =>
    http().admin('PUT', `/admin/v1/agents/${id}${query}`, { json: { id, ...spec, version } });

  it('the deletion of the only secret revokes them, and says so', async () => {
    const { token } = await agentWithToken('only');
    const answer = await remove('only', ...(await secretsOf('only')));
    expect([answer.status, answer.json()]).to.deep.equal([200, { live_tokens: 'cut' }]);
    expect(await isActive(token)).to.equal(false);
  });

  it('the deletion of one of two secrets does not concern them', async () => {
    const { token } = await agentWithToken('two');
    const [old = ''] = await secretsOf('two');
    await http().admin('POST', '/admin/v1/agents/two/secrets');
    expect((await remove('two', old)).status).to.equal(204);
    expect(await isActive(token)).to.equal(true);
  });

  it('the end of all grants revokes them, and says so', async () => {
    const { token } = await agentWithToken('emptied');
    const answer = await replace('emptied', { grants: [] }, 1);
    expect(answer.json()).to.include({ live_tokens: 'cut', version: 2 });
    expect(await isActive(token)).to.equal(false);
    const again = await replace('emptied', {}, 2);
    expect(again.json(), 'there was none left').not.to.have.property('live_tokens');
  });

  it('a change that leaves a grant does not concern them', async () => {
    const { token } = await agentWithToken('narrowed');
    const grants = [{ resource: 'research-api', scopes: ['search'] }];
    expect((await replace('narrowed', { grants }, 1)).json()).not.to.have.property('live_tokens');
    expect(await isActive(token)).to.equal(true);
  });

  it('the flag keeps them, and the answer and the record say so', async () => {
    const { token } = await agentWithToken('kept');
    const [secret = ''] = await secretsOf('kept');
    const emptied = await replace('kept', {}, 1, '?live_tokens=keep');
    expect(emptied.json()).to.include({ live_tokens: 'kept' });
    const removed = await remove('kept', secret, '?live_tokens=keep');
    expect(removed.json()).to.deep.equal({ live_tokens: 'kept' });
    expect(await isActive(token)).to.equal(true);
  });
});
