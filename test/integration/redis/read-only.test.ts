import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createRedisHealth, redisCheck } from '../../../src/app/redis-health.js';
import { connectRedis } from '../../../src/redis/client.js';
import { targetOf } from '../../../src/redis/target.js';
import { parseRedisUrl } from '../../../src/redis/url.js';
import { until } from '../../support/episode.js';
import { isActive, issueToken } from '../../support/main-path.js';
import { startRelay, type Relay } from '../../support/relay.js';
import { startService, type TestService } from '../../support/service.js';
import type { TestRedis } from '../../support/redis.js';
import { SILENT_LOG } from '../../support/silent-log.js';
import { useRedis } from '../../support/use-store.js';
import { useStartedEach } from '../../support/use-started.js';

interface Pair {
  readonly relay: Relay;
  readonly first: Redis;
  readonly second: Redis;
}

describe('a failover behind a stable address', function () {
  this.timeout(180_000);
  const a = useRedis({ tcp: true });
  const b = useRedis({ tcp: true });
  const pair = useStartedEach<Pair>(
    async () => {
      const first = new Redis(a.port ?? 0);
      const second = new Redis(b.port ?? 0);
      await first.replicaof('NO', 'ONE');
      await follow(second, a.port);
      return { relay: await startRelay(a.port), first, second };
    },
    async ({ relay, first, second }) => {
      await relay.stop();
      first.disconnect();
      second.disconnect();
    },
  );

  /** Makes a server a replica of the one on this port, and waits until it has its data. */
  async function follow(server: Redis, port: number | undefined): Promise<void> {
    await server.replicaof('127.0.0.1', port ?? 0);
    await until('the replica has the data', async () =>
      (await server.info('replication')).includes('master_link_status:up'),
    );
  }

  /** Turns the roles around; open connections stay with what is now a replica. */
  async function failOver(): Promise<void> {
    await pair.second.replicaof('NO', 'ONE');
    await follow(pair.first, b.port);
  }

  const url = (): string => `redis://127.0.0.1:${String(pair.relay.port)}`;

  describe('a client', () => {
    it('connects to the new primary, and does not send the refused write again', async () => {
      const client = connectRedis(targetOf(parseRedisUrl(url())), {
        commandTimeoutMs: 2000,
        name: 'test',
        onFailure: () => undefined,
      }) as Redis;
      try {
        await client.connect();
        await failOver();
        const write = (): Promise<string> =>
          client.incr('counter').then(String, (error: unknown) => String(error));
        expect(await write()).to.contain('READONLY');
        expect(await write(), 'on a connection that was left').not.to.contain('READONLY');
        pair.relay.pointAt(b.port ?? 0);
        await until('it writes', () =>
          client.set('other', 1).then(
            () => true,
            () => false,
          ),
        );
        expect(await pair.second.get('counter')).to.equal(null);
      } finally {
        client.disconnect();
      }
    });

    it('would send it again with the value 2: the control', async () => {
      const client = new Redis(pair.relay.port, { reconnectOnError: () => 2 });
      client.on('error', () => undefined);
      try {
        await client.ping();
        await failOver();
        pair.relay.pointAt(b.port ?? 0);
        expect(await client.incr('repeated')).to.equal(1);
        expect(await pair.second.get('repeated')).to.equal('1');
      } finally {
        client.disconnect();
      }
    });
  });

  describe('the readiness of Redis', () => {
    async function checkOf(server: TestRedis): Promise<{ ok: boolean; detail: string }> {
      const target = targetOf(parseRedisUrl(server.url));
      const health = createRedisHealth(target, SILENT_LOG);
      const client = connectRedis(target, {
        commandTimeoutMs: 2000,
        name: 'test',
        onFailure: health.failed,
      });
      try {
        await client.connect();
        return await redisCheck(client, health).check();
      } finally {
        health.close();
        client.disconnect();
      }
    }

    it('needs a server that takes writes, and names the one that does not', async () => {
      expect(await checkOf(a)).to.deep.equal({ ok: true, detail: 'takes writes' });
      const replica = await checkOf(b);
      expect(replica.ok).to.equal(false);
      expect(replica.detail).to.contain(`server 127.0.0.1:${String(b.port)}: READONLY`);
      await pair.first.config('SET', 'min-replicas-to-write', 2);
      try {
        const alone = await checkOf(a);
        expect(alone.ok).to.equal(false);
        expect(alone.detail).to.contain('NOREPLICAS');
      } finally {
        await pair.first.config('SET', 'min-replicas-to-write', 0);
      }
    });

    it('does not need memory: a full server still takes revocations', async () => {
      await pair.first.config('SET', 'maxmemory', 1);
      try {
        expect(await pair.first.set('key', 1).catch(String)).to.contain('OOM');
        expect((await checkOf(a)).ok).to.equal(true);
      } finally {
        await pair.first.config('SET', 'maxmemory', 0);
      }
    });
  });

  describe('a service with a worker', () => {
    let service: TestService | undefined;
    afterEach(async () => {
      await service?.close();
      service = undefined;
    });

    const readiness = async (running: TestService) => {
      const answer = await running.http.admin('GET', '/readyz');
      const { checks } = answer.json() as { checks: { name: string; detail: string }[] };
      return { status: answer.status, redis: checks.find(({ name }) => name === 'redis')?.detail };
    };

    const ask = (running: TestService, task: string) =>
      running.http.send('POST', '/token', {
        basic: [...running.agent],
        json: { resource: 'stripe', scope: 'read_invoices', ttl: 300, task_id: task },
      });

    it('answers 503, is not ready, and uses the new primary without a restart', async () => {
      const running = await startService({ redisUrl: url(), worker: true });
      service = running;
      const before = await issueToken(running, 'before');
      expect(await isActive(running, before)).to.equal(true);
      expect((await readiness(running)).status).to.equal(200);
      await failOver();

      const refused = ['refused-1', 'refused-2', 'refused-3'];
      for (const task of refused) expect((await ask(running, task)).status).to.equal(503);
      await until('it is not ready', async () => {
        const { status, redis } = await readiness(running);
        return status === 503 && (redis ?? '').includes('READONLY');
      });
      for (const task of refused) expect((await ask(running, task)).status).to.equal(503);

      pair.relay.pointAt(b.port ?? 0);
      let granted = 0;
      await until('it issues tokens', async () => {
        const { status } = await ask(running, 'after');
        if (status === 200) granted += 1;
        else expect(status).to.equal(503);
        return status === 200;
      });
      await until('it is ready', async () => (await readiness(running)).status === 200);
      const again = await issueToken(running, 'after');
      granted += 1;
      expect(await isActive(running, again)).to.equal(true);
      expect(await isActive(running, before), 'of another epoch').to.equal(false);

      // The worker's queues write again too: the record is complete, each grant once, and none that was refused.
      const grants = async (task: string): Promise<number> => {
        const page = await running.http.admin(
          'GET',
          `/admin/v1/audit?type=access.granted&task=${task}`,
        );
        return (page.json()['items'] as unknown[]).length;
      };
      await until('the worker exports', async () => (await grants('after')) >= granted);
      expect(await grants('after')).to.equal(granted);
      for (const task of refused) expect(await grants(task)).to.equal(0);
    });
  });
});
