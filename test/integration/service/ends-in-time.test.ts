import { expect } from 'chai';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { until } from '../../support/episode.js';
import { spawnProcess, startProcess, type StartingProcess } from '../../support/process.js';
import { startRelay } from '../../support/relay.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { useRedis } from '../../support/use-store.js';
import { useFolder, useStarted } from '../../support/use-started.js';

const ADMIN_TOKEN = 'an-admin-token-for-tests';
/** Limit for the end of a process after a signal, in milliseconds. */
const STOP_MS = 10_000;

type Command = 'serve' | 'worker';

describe('a start or a stop without an answer of Redis', function () {
  this.timeout(180_000);
  const dir = useFolder();
  const redis = useRedis({ tcp: true });
  const silent = useStarted(
    () => startRelay(),
    (relay) => relay.stop(),
  );
  const running: StartingProcess[] = [];

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

  /** The milliseconds that closing took, from the log of the process. */
  function closedIn({ output }: Pick<StartingProcess, 'output'>): number {
    const line = output()
      .split('\n')
      .find((text) => text.includes('"msg":"closed"'));
    return (JSON.parse(line ?? '{}') as { ms?: number }).ms ?? Number.NaN;
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
      one.kill('SIGTERM');
      expect(await one.exited, one.output()).to.equal(0);
      // Ended by the signal, before the deadline of the connection.
      expect(one.output())
        .to.contain('start-up was interrupted')
        .and.not.contain('cannot be reached');
      expect(closedIn(one)).to.be.lessThan(STOP_MS);
    });
  }

  it('a worker ends on SIGTERM while its queues wait for a silent server', async () => {
    // The first connection is that of the store; those of the queues come later.
    const relay = await startRelay(redis.port, 1);
    try {
      const one = spawn('worker', `redis://127.0.0.1:${String(relay.port)}`);
      await until('its queues connect', () => relay.accepted() > 1);
      one.kill('SIGTERM');
      expect(await one.exited, one.output()).to.equal(0);
      expect(one.output())
        .to.contain('start-up was interrupted')
        .and.not.contain('cannot be reached');
    } finally {
      await relay.stop();
    }
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
          one.kill('SIGTERM');
          expect(await one.exited, one.output()).to.equal(0);
          expect(closedIn(one)).to.be.lessThan(STOP_MS);
        } finally {
          await own.stop();
        }
      });
    }
  }
});
