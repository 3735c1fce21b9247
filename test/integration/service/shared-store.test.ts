import { expect } from 'chai';
import type { ResourceSpec } from '../../../src/domain/records.js';
import type { Answer } from '../../support/http.js';
import { useService } from '../../support/use-service.js';
import { useFolder } from '../../support/use-started.js';

const LEDGER: ResourceSpec = {
  id: 'ledger',
  audiences: ['https://ledger.example'],
  scopes: [{ name: 'read_entries', risk: 'low', description: 'Read entries' }],
};

describe('two services on one store', function () {
  this.timeout(60_000);
  const dataDir = useFolder();
  const { service: a, redis } = useService(() => ({ dataDir }));
  const { service: b } = useService(() => ({ dataDir }), redis);

  const issueOnB = (
    agent: readonly [string, string],
    resource = 'stripe',
    scope = 'read_invoices',
  ): Promise<Answer> =>
    b.http.send('POST', '/token', { basic: agent, json: { resource, scope, ttl: 60 } });

  const introspectOnB = (server: readonly [string, string], token: string): Promise<Answer> =>
    b.http.send('POST', '/introspect', { basic: server, form: { token } });

  async function onA(method: string, path: string, json?: object): Promise<Answer> {
    const answer = await a.http.admin(method, path, json === undefined ? {} : { json });
    expect(answer.status, `${method} ${path}: ${answer.text}`).to.be.within(200, 204);
    return answer;
  }

  /** Made through A. */
  async function makeAgent(id: string): Promise<readonly [string, string]> {
    const made = await onA('POST', '/admin/v1/agents', {
      id,
      grants: [
        { resource: 'stripe', scopes: ['read_invoices'] },
        { resource: 'ledger', scopes: ['read_entries'] },
      ],
    });
    return [id, (made.json()['secret'] as { secret: string }).secret];
  }

  it('an agent made on one asks on the other at once', async () => {
    const answer = await issueOnB(await makeAgent('made-on-a'));
    expect(answer.status, answer.text).to.equal(200);
  });

  it('a new resource is known to the other at once, though the other said just now that it is not', async () => {
    const agent = await makeAgent('asks-early');
    const early = await issueOnB(agent, 'ledger', 'read_entries');
    expect(early.json()['type']).to.match(/invalid_target$/);
    await onA('PUT', '/admin/v1/resources/ledger', LEDGER);
    const answer = await issueOnB(agent, 'ledger', 'read_entries');
    expect(answer.status, answer.text).to.equal(200);
    const byUri = await issueOnB(agent, 'https://ledger.example', 'read_entries');
    expect(byUri.status, byUri.text).to.equal(200);
  });

  it('a deleted resource is gone on the other at once', async () => {
    const agent = await makeAgent('asks-late');
    await onA('PUT', '/admin/v1/resources/brief', {
      ...LEDGER,
      id: 'brief',
      audiences: ['https://brief.example'],
    });
    expect((await issueOnB(agent, 'brief', 'read_entries')).status).to.equal(403);
    await onA('DELETE', '/admin/v1/resources/brief');
    const answer = await issueOnB(agent, 'brief', 'read_entries');
    expect(answer.json()['type']).to.match(/invalid_target$/);
  });

  it('a disabled agent is out on the other at once, and its tokens with it', async () => {
    const agent = await makeAgent('to-be-disabled');
    const issued = await issueOnB(agent);
    const token = String(issued.json()['access_token']);
    expect((await introspectOnB(b.resourceServer, token)).json()['active']).to.equal(true);
    await onA('POST', `/admin/v1/agents/${agent[0]}/status`, {
      status: 'disabled',
      reason: 'test',
    });
    expect((await issueOnB(agent)).status).to.equal(401);
    expect((await introspectOnB(b.resourceServer, token)).json()).to.deep.equal({ active: false });
  });

  it('a new secret works on the other at once, and a removed one stops', async () => {
    const [id, first] = await makeAgent('rolls-over');
    expect((await issueOnB([id, first])).status).to.equal(200);
    const made = (await onA('POST', `/admin/v1/agents/${id}/secrets`)).json();
    const second = String(made['secret']);
    expect((await issueOnB([id, second])).status).to.equal(200);
    expect((await issueOnB([id, first])).status).to.equal(200);
    const agent = (await onA('GET', `/admin/v1/agents/${id}`)).json();
    const secrets = agent['secrets'] as { id: string }[];
    const old = secrets.find((secret) => secret.id !== made['id']);
    await onA('DELETE', `/admin/v1/agents/${id}/secrets/${old?.id ?? ''}`);
    expect((await issueOnB([id, first])).status).to.equal(401);
    expect((await issueOnB([id, second])).status).to.equal(200);
  });

  it('a deleted resource server is out on the other at once', async () => {
    const made = await onA('POST', '/admin/v1/resource-servers', {
      id: 'short-lived',
      resources: ['stripe'],
    });
    const { secret } = made.json()['secret'] as { secret: string };
    const server = ['short-lived', secret] as const;
    const issued = await issueOnB(b.agent);
    const token = String(issued.json()['access_token']);
    expect((await introspectOnB(server, token)).json()['active']).to.equal(true);
    await onA('DELETE', '/admin/v1/resource-servers/short-lived');
    expect((await introspectOnB(server, token)).status).to.equal(401);
  });

  it('what a resource server may see changes on the other at once', async () => {
    const made = await onA('POST', '/admin/v1/resource-servers', {
      id: 'moves-on',
      resources: ['stripe'],
    });
    const { secret } = made.json()['secret'] as { secret: string };
    const issued = await issueOnB(b.agent);
    const token = String(issued.json()['access_token']);
    const ask = (): Promise<Answer> => introspectOnB(['moves-on', secret], token);
    expect((await ask()).json()['active']).to.equal(true);
    await onA('PUT', '/admin/v1/resource-servers/moves-on', {
      id: 'moves-on',
      resources: ['customers-db'],
      version: 1,
    });
    expect((await ask()).json()).to.deep.equal({ active: false });
  });
});
