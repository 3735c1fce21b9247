import { expect } from 'chai';
import { diagnose } from '../../src/redis/diagnosis.js';
import { askRedis } from '../../src/redis/private/ask.js';
import { shardOfAgent } from '../../src/domain/shard.js';
import { targetOf } from '../../src/redis/target.js';
import { parseRedisUrl } from '../../src/redis/url.js';
import { startCluster, type TestCluster } from '../support/cluster.js';
import { until } from '../support/episode.js';
import { LOAD_AGENT, startService, type TestService } from '../support/service.js';
import { useStarted } from '../support/use-started.js';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

describe('a Cluster with one primary that is away', function () {
  this.timeout(180_000);
  const cluster: TestCluster = useStarted(
    () => startCluster({ args: ['--cluster-require-full-coverage', 'no'] }),
    (one) => one.stop(),
  );
  const service: TestService = useStarted(
    () => startService({ redisUrl: cluster.url, agents: [LOAD_AGENT] }),
    (one) => one.close(),
  );

  const readiness = async () => {
    const answer = await service.http.admin('GET', '/readyz', { adminToken: undefined });
    const { checks } = answer.json() as { checks: Check[] };
    const named = (name: string) => checks.find((check) => check.name === name);
    return { status: answer.status, redis: named('redis'), clock: named('clock') };
  };
  const slotOf = async (key: string): Promise<number> =>
    Number(await ask(0, 'CLUSTER', 'KEYSLOT', key));
  const ask = (node: number, ...command: string[]) =>
    askRedis({ path: cluster.nodes[node]?.socket ?? '' }, command);
  /** Returns the primary of a slot; each of the three has a third of them. */
  const primaryOf = async (key: string): Promise<number> =>
    Math.min(2, Math.floor((await slotOf(key)) / 5461));
  const issue = () =>
    service.http.send('POST', '/token', {
      basic: service.agent,
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 300 },
    });

  /** Takes away a primary without the agent, and without the control slot unless `control`. */
  async function other(control: boolean): Promise<number> {
    const shard = shardOfAgent(service.agent[0], 64);
    const ofAgent = await primaryOf(`cs:{s${String(shard)}}:meta`);
    const ofControl = await primaryOf('cs:{control}:meta');
    if (control) return ofControl;
    return [0, 1, 2].find((node) => node !== ofAgent && node !== ofControl) ?? 0;
  }

  it('takes no writes: nodes are ready, say so, and serve the agents of the others', async () => {
    const node = await other(false);
    expect((await readiness()).status).to.equal(200);
    await ask(node, 'CONFIG', 'SET', 'min-replicas-to-write', '2');
    try {
      const { status, redis, clock } = await readiness();
      expect(status, JSON.stringify({ redis, clock })).to.equal(200);
      expect(redis?.detail).to.equal('1 primaries take no writes');
      expect(clock?.detail).to.match(/; \d+ of 65 slots do not answer: NOREPLICAS/);
      expect(clock?.detail).not.to.contain('control');
      expect((await issue()).status).to.equal(200);
      // The URL names every node.
      const reports = await diagnose(targetOf(parseRedisUrl(cluster.url)), 5000);
      expect(reports.map(({ address }) => address)).to.have.members(
        cluster.ports.map((port) => `127.0.0.1:${String(port)}`),
      );
      const failing = reports.filter(({ problem }) => problem !== undefined);
      expect(failing).to.have.length(1);
      expect(failing[0]?.address).to.equal(`127.0.0.1:${String(cluster.ports[node])}`);
      expect(failing[0]?.problem).to.match(/^NOREPLICAS/);
    } finally {
      await ask(node, 'CONFIG', 'SET', 'min-replicas-to-write', '0');
    }
    expect((await readiness()).clock?.detail).to.equal('agrees with the store');
  });

  it('hangs: nodes are ready and say so', async () => {
    const node = await other(false);
    cluster.nodes[node]?.pause();
    try {
      // One look of a busy machine may be too late for the deadline of a check.
      await until('a node is ready, without those slots', async () => {
        const { status, clock } = await readiness();
        return status === 200 && /; \d+ of 65 slots do not answer/.test(clock?.detail ?? '');
      });
      expect((await issue()).status).to.equal(200);
    } finally {
      cluster.nodes[node]?.resume();
    }
    await until('every slot answers', async () => {
      return (await readiness()).clock?.detail === 'agrees with the store';
    });
  });

  it('has the control slot: nodes are ready and say what does not work', async () => {
    const node = await other(true);
    await ask(node, 'CONFIG', 'SET', 'min-replicas-to-write', '2');
    try {
      const { status, clock } = await readiness();
      expect(status).to.equal(200);
      expect(clock?.detail).to.contain('one is the control slot');
    } finally {
      await ask(node, 'CONFIG', 'SET', 'min-replicas-to-write', '0');
    }
  });
});
