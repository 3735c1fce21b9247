import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { AgentSpec } from '../../src/domain/records.js';
import { shardOfAgent } from '../../src/domain/shard.js';
import { askRedis } from '../../src/redis/private/ask.js';
import { startCluster, type TestCluster } from '../support/cluster.js';
import { until } from '../support/episode.js';
import { LOAD_AGENT, startService, type TestService } from '../support/service.js';

const SHARDS = 64;
/** The last slot of each of the three primaries. */
const LAST_SLOTS = [5460, 10922, 16383];

type Event = Readonly<Record<string, unknown>>;

describe('a Redis Cluster of three primaries', function () {
  this.timeout(120_000);
  let cluster: TestCluster;
  let service: TestService;
  /** One agent on each primary, in the order of the primaries. */
  const agents: { id: string; secret: string }[] = [];

  before(async () => {
    cluster = await startCluster();
    const ids = await agentOnEachPrimary(cluster);
    service = await startService({
      redisUrl: cluster.url,
      worker: true,
      agents: [LOAD_AGENT, ...ids.map((id): AgentSpec => ({ ...LOAD_AGENT, id }))],
      overrides: { 'keys.jwks_cache_seconds': 1 },
    });
    for (const id of ids) {
      const made = await service.http.admin('POST', `/admin/v1/agents/${id}/secrets`);
      agents.push({ id, secret: String(made.json()['secret']) });
    }
  });
  after(async () => {
    await service.close();
    await cluster.stop();
  });

  async function issue(primary: number, taskId: string): Promise<string> {
    const { id, secret } = agents[primary] ?? { id: '', secret: '' };
    const answer = await service.http.send('POST', '/token', {
      basic: [id, secret],
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 300, task_id: taskId },
    });
    expect(answer.status, answer.text).to.equal(200);
    return String(answer.json()['access_token']);
  }

  async function introspect(token: string): Promise<unknown> {
    const answer = await service.http.send('POST', '/introspect', {
      basic: service.resourceServer,
      form: { token },
    });
    return answer.status === 200 ? answer.json()['active'] : answer.status;
  }

  const introspectAll = (tokens: readonly string[]): Promise<unknown[]> =>
    Promise.all(tokens.map(introspect));

  async function revoke(by: string, value: string): Promise<void> {
    const answer = await service.http.admin('POST', '/admin/v1/revocations', {
      json: { by, value, reason: 'smoke' },
    });
    expect(answer.status, answer.text).to.equal(200);
  }

  /** The whole record of a task, once it is complete and holds what is waited for. */
  async function recordOf(
    task: string,
    enough: (events: readonly Event[]) => boolean,
  ): Promise<readonly Event[]> {
    let events: readonly Event[] = [];
    await until(`the record of ${task} is complete`, async () => {
      const page = await service.http.admin('GET', `/admin/v1/audit?task=${task}&order=asc`);
      events = page.json()['items'] as readonly Event[];
      return page.json()['complete'] === true && enough(events);
    });
    return events;
  }

  it('issues, introspects and revokes by token, and the record has all four steps', async () => {
    const token = await issue(0, 'task-token');
    const other = await issue(0, 'task-other');
    expect(await introspect(token)).to.equal(true);
    await revoke('token', token);
    expect(await introspect(token)).to.equal(false);
    expect(await introspect(other)).to.equal(true);
    const events = await recordOf('task-token', (found) => usesOf(found, 'inactive') > 0);
    expect(usesOf(events, 'active')).to.equal(1);
    expect(usesOf(events, 'inactive')).to.equal(1);
    const types = events.map(({ type }) => type).filter((type) => type !== 'token.introspected');
    expect(types).to.deep.equal(['access.granted', 'revocation.applied']);
  });

  it('revokes a task on all three primaries, and the record has all four steps', async () => {
    const tokens = await Promise.all([0, 1, 2].map((primary) => issue(primary, 'task-wide')));
    const spared = await issue(1, 'task-spared');
    expect(await introspectAll(tokens)).to.deep.equal([true, true, true]);
    await revoke('task', 'task-wide');
    expect(await introspectAll(tokens)).to.deep.equal([false, false, false]);
    expect(await introspect(spared)).to.equal(true);
    const events = await recordOf('task-wide', (found) => usesOf(found, 'inactive') >= 3);
    const granted = events.filter(({ type }) => type === 'access.granted');
    expect(granted.map(({ agent_id }) => agent_id)).to.have.members(agents.map(({ id }) => id));
    expect(usesOf(events, 'active')).to.equal(3);
    expect(usesOf(events, 'inactive')).to.equal(3);
    expect(events.filter(({ type }) => type === 'revocation.applied')).to.have.length(1);
  });

  it('rotates its signing key, and tokens of the old one stay active', async () => {
    const before = await issue(2, 'task-key');
    const asked = await service.http.admin('POST', '/admin/v1/keys/rotate');
    expect(asked.status).to.equal(202);
    // Looked at, not asked for with tokens: a quick machine asks more often than the policy allows an agent.
    await until('another key signs', async () => {
      const { items } = (await service.http.admin('GET', '/admin/v1/keys')).json();
      const active = (items as Event[]).find(({ state }) => state === 'active');
      return active !== undefined && active['kid'] !== kidOf(before);
    });
    const after = await issue(2, 'task-key');
    expect(kidOf(after)).not.to.equal(kidOf(before));
    expect(await introspectAll([before, after])).to.deep.equal([true, true]);
    const { keys } = (await service.http.send('GET', '/.well-known/jwks.json')).json();
    const kids = (keys as Event[]).map(({ kid }) => kid);
    expect(kids).to.include.members([kidOf(before), kidOf(after)]);
  });

  it('keeps every key of BullMQ in one slot', async () => {
    const byNode = await Promise.all(cluster.nodes.map(({ socket }) => keysOf(socket)));
    const ofQueues = byNode.map((keys) => keys.filter((key) => key.startsWith('{cs-jobs}:')));
    expect(ofQueues.filter((keys) => keys.length > 0)).to.have.length(1);
    const ours = /^(?:\{cs-jobs\}|cs:\{(?:s\d+|control)\}):/;
    const foreign = byNode.flat().filter((key) => !ours.test(key));
    expect(foreign).to.deep.equal([]);
  });

  it('I2: a restarted primary forgets its own tokens, and no others', async () => {
    const tokens = await Promise.all([0, 1, 2].map((primary) => issue(primary, 'task-epoch')));
    expect(await introspectAll(tokens)).to.deep.equal([true, true, true]);
    await cluster.nodes[1]?.restart();
    await until('the restarted primary answers', async () => {
      return typeof (await introspect(tokens[1] ?? '')) === 'boolean';
    });
    expect(await introspectAll(tokens)).to.deep.equal([true, false, true]);
    let fresh = '';
    await until('the restarted primary issues', async () => {
      fresh = await issue(1, 'task-epoch').catch(() => '');
      return fresh !== '';
    });
    expect(await introspect(fresh)).to.equal(true);
    expect(await introspect(tokens[1] ?? '')).to.equal(false);
  });
});

/** Ids with shards on the first, second and third primary. */
async function agentOnEachPrimary(cluster: TestCluster): Promise<readonly string[]> {
  const found: (string | undefined)[] = [undefined, undefined, undefined];
  for (let i = 0; found.includes(undefined); i++) {
    const id = `agent-${String(i)}`;
    const key = `cs:{s${String(shardOfAgent(id, SHARDS))}}:meta`;
    const slot = Number(await ask(cluster.nodes[0]?.socket ?? '', 'CLUSTER', 'KEYSLOT', key));
    const primary = LAST_SLOTS.findIndex((last) => slot <= last);
    found[primary] ??= id;
  }
  return found.map((id) => id ?? '');
}

function ask(socket: string, ...command: string[]): Promise<string> {
  return askRedis({ path: socket }, command);
}

async function keysOf(socket: string): Promise<readonly string[]> {
  const client = new Redis({ path: socket });
  try {
    return await client.keys('*');
  } finally {
    client.disconnect();
  }
}

/** Sum of the active or inactive uses that introspection counted. */
function usesOf(events: readonly Event[], which: 'active' | 'inactive'): number {
  const details = events
    .filter(({ type }) => type === 'token.introspected')
    .map(({ detail }) => Number((detail as Event)[which]));
  return details.reduce((sum, count) => sum + count, 0);
}

function kidOf(token: string): unknown {
  const header = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
  return (JSON.parse(header) as Event)['kid'];
}
