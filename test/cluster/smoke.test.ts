import { expect } from 'chai';
import { askRedis } from '../../src/redis/private/resp.js';
import { startCluster, type TestCluster } from '../support/cluster.js';
import { LOAD_AGENT, startService, type TestService } from '../support/service.js';

/** Agents in many shards, so that all three primaries are asked. */
const AGENTS = Array.from({ length: 12 }, (_value, at) => ({ ...LOAD_AGENT, id: `agent-${at}` }));

describe('on a Redis Cluster of three primaries', function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  let service: TestService;

  before(async () => {
    cluster = await startCluster();
    service = await startService({ redisUrl: cluster.url, agents: AGENTS, worker: true });
  });
  after(async () => {
    await service.close();
    await cluster.stop();
  });

  /** A secret made through the admin API for one of the agents above. */
  const credentials = async (id: string): Promise<readonly [string, string]> => {
    const answer = await service.http.admin('POST', `/admin/v1/agents/${id}/secrets`, { json: {} });
    expect(answer.status, answer.text).to.equal(201);
    return [id, String(answer.json()['client_secret'] ?? answer.json()['secret'])];
  };
  const issue = async (basic: readonly [string, string]): Promise<string> => {
    const json = { resource: 'stripe', scope: 'read_invoices', ttl: 60 };
    const answer = await service.http.send('POST', '/token', { basic, json });
    expect(answer.status, answer.text).to.equal(200);
    return String(answer.json()['access_token']);
  };
  const isActive = async (token: string): Promise<unknown> => {
    const answer = await service.http.send('POST', '/introspect', {
      basic: service.resourceServer,
      form: { token },
    });
    expect(answer.status, answer.text).to.equal(200);
    return answer.json()['active'];
  };
  const revoke = async (by: string, value: string): Promise<void> => {
    const json = { by, value, reason: 'smoke' };
    const answer = await service.http.admin('POST', '/admin/v1/revocations', { json });
    expect(answer.status, answer.text).to.equal(200);
  };

  it('issues, introspects and revokes for agents in every third of the slots', async () => {
    const tokens = new Map<string, string>();
    for (const { id } of AGENTS) tokens.set(id, await issue(await credentials(id)));
    for (const token of tokens.values()) expect(await isActive(token)).to.equal(true);
    await revoke('agent', 'agent-3');
    for (const [id, token] of tokens) expect(await isActive(token), id).to.equal(id !== 'agent-3');
    // A revocation that spans shards, and so all three primaries.
    await revoke('resource', 'stripe');
    for (const [id, token] of tokens) expect(await isActive(token), id).to.equal(false);
  });

  it('kept something on every primary', async () => {
    for (const { socket } of cluster.nodes)
      expect(Number(await askRedis({ path: socket }, ['DBSIZE']))).to.be.greaterThan(0);
  });
});
