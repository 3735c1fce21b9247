import { expect } from 'chai';
import { once } from 'node:events';
import { connect } from 'node:net';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { until } from '../../support/episode.js';
import {
  endBySignal,
  spawnProcess,
  startProcess,
  type StartingProcess,
} from '../../support/process.js';
import { createKeys } from '../../../src/redis/keys.js';
import { startRelay } from '../../support/relay.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { useClient, useRedis } from '../../support/use-store.js';
import { useFolder, useStarted } from '../../support/use-started.js';

/** Entries of a backlog: many batches of the export. */
const BACKLOG = 60_000;
const ADMIN_TOKEN = 'an-admin-token-for-tests';

type Command = 'serve' | 'worker';

describe('a start or a stop without an answer of Redis', function () {
  this.timeout(180_000);
  const dir = useFolder();
  const redis = useRedis({ tcp: true });
  const client = useClient(redis);
  const silent = useStarted(
    () => startRelay(),
    (relay) => relay.stop(),
  );
  const running: Pick<StartingProcess, 'kill' | 'exited'>[] = [];

  afterEach(async () => {
    for (const one of running.splice(0)) {
      one.kill('SIGKILL');
      await one.exited;
    }
  });

  const options = (command: Command, url: string) => ({
    command,
    dir,
    adminToken: ADMIN_TOKEN,
    config: {
      issuer: 'http://127.0.0.1:8484',
      data_dir: dir,
      redis: { url },
      policy: { watch: false },
      registry: DEMO_REGISTRY,
    },
  });

  function spawn(command: Command, url: string): StartingProcess {
    const one = spawnProcess(options(command, url));
    running.push(one);
    return one;
  }

  const addresses = {
    Sentinel: () => `redis+sentinel://127.0.0.1:${String(silent.port)}/mymaster`,
    server: () => `redis://127.0.0.1:${String(silent.port)}`,
    node: () => `redis+cluster://127.0.0.1:${String(silent.port)}`,
  };

  for (const command of ['serve', 'worker'] as const) {
    for (const [role, url] of Object.entries(addresses)) {
      it(`${command} is refused when each ${role} is silent, with the address and the cause`, async () => {
        const one = spawn(command, url());
        expect(await one.exited, one.output()).to.equal(3);
        expect(one.output()).to.contain(
          `cannot start: Redis cannot be reached: ${role} 127.0.0.1:${String(silent.port)}: no answer`,
        );
      });
    }

    it(`${command} ends on SIGTERM while it waits for a silent Sentinel`, async () => {
      const before = silent.accepted();
      const one = spawn(command, addresses.Sentinel());
      await until('it asks the Sentinel', () => silent.accepted() > before);
      expect(await endBySignal(one), one.output()).to.equal(0);
      // Ended by the signal, before the deadline of the connection.
      expect(one.output())
        .to.contain('start-up was interrupted')
        .and.not.contain('cannot be reached');
    });
  }

  it('a worker ends on SIGTERM while its queues wait for a silent server', async () => {
    // The first connection is that of the store; those of the queues come later.
    const relay = await startRelay(redis.port, 1);
    try {
      const one = spawn('worker', `redis://127.0.0.1:${String(relay.port)}`);
      await until('its queues connect', () => relay.accepted() > 1);
      expect(await endBySignal(one), one.output()).to.equal(0);
      expect(one.output())
        .to.contain('start-up was interrupted')
        .and.not.contain('cannot be reached');
    } finally {
      await relay.stop();
    }
  });

  it('serve ends although a peer keeps its half of a connection open', async () => {
    const one = await startProcess(options('serve', redis.url));
    const { hostname, port } = new URL(one.endpoints.publicUrl);
    const peer = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    try {
      peer.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(peer, 'data');
      expect(await endBySignal(one), one.output()).to.equal(0);
    } finally {
      peer.destroy();
      one.kill('SIGKILL');
    }
  });

  it('a worker ends between two batches of a large backlog, and leaves the rest', async () => {
    const stream = createKeys('cs').audit(63);
    const event = JSON.stringify({ type: 'token.expired', principal: { kind: 'system', id: 't' } });
    const first = Date.now();
    const filling = client.pipeline();
    for (let seq = 1; seq <= BACKLOG; seq++) {
      const fields = ['epoch', 'a-test', 'at', String(first), 'event', event];
      filling.xadd(stream, `${String(first)}-${String(seq)}`, ...fields);
    }
    await filling.exec();
    const left = (): Promise<number> => client.xlen(stream);
    const one = await startProcess(options('worker', redis.url));
    running.push(one);
    await until('it exports', async () => (await left()) < BACKLOG);
    const before = one.output().length;
    expect(await endBySignal(one), one.output()).to.equal(0);
    expect(await left(), 'entries left').to.be.within(1, BACKLOG - 1);
    // A job that was cut would fail on its closed store.
    expect(one.output().slice(before)).not.to.contain('"level":"error"');
  });

  for (const [what, lose] of [
    ['was killed', (server: TestRedis) => server.kill9()],
    [
      'hangs',
      (server: TestRedis) => {
        server.pause();
      },
    ],
  ] as const) {
    for (const command of ['serve', 'worker'] as const) {
      it(`${command} ends on SIGTERM after its Redis ${what}`, async () => {
        const own = await startRedis();
        try {
          const one = await startProcess(options(command, own.url));
          await lose(own);
          expect(await endBySignal(one), one.output()).to.equal(0);
        } finally {
          await own.stop();
        }
      });
    }
  }
});
