import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { childrenOf, commandOf } from '../../support/child-processes.js';
import { until } from '../../support/episode.js';
import { HttpClient } from '../../support/http.js';
import { isActive, issueToken, untilRecorded, walkMainPath } from '../../support/main-path.js';
import {
  complaintsOf,
  endBySignal,
  startProcess,
  type CountersignProcess,
} from '../../support/process.js';
import { LOAD_AGENT, type TestService } from '../../support/service.js';
import { mounted, reasonNotToMount, type SmallDisk } from '../../support/small-disk.js';
import { useFolder } from '../../support/use-started.js';

const ADMIN_TOKEN = 'an-admin-token-for-tests';

type Started = Pick<TestService, 'http' | 'agent' | 'resourceServer'>;

describe('start with a private Redis', function () {
  this.timeout(300_000);
  let running: CountersignProcess | undefined;
  let http: HttpClient | undefined;

  afterEach(async () => {
    await http?.close();
    running?.kill('SIGTERM');
    await running?.exited;
    running = http = undefined;
  });

  async function start(dir: string): Promise<Started> {
    running = await startProcess({
      command: 'start',
      dir,
      adminToken: ADMIN_TOKEN,
      config: {
        issuer: 'http://127.0.0.1:8484',
        data_dir: dir,
        policy: { watch: false },
        redis: { command_timeout_ms: 2000 },
        registry: { ...DEMO_REGISTRY, agents: [LOAD_AGENT] },
      },
    });
    http = new HttpClient(running.endpoints);
    const demo = JSON.parse(readFileSync(join(dir, 'demo.json'), 'utf8')) as Record<
      'agent' | 'resource_server',
      { id: string; client_secret: string }
    >;
    return {
      http,
      agent: [demo.agent.id, demo.agent.client_secret],
      resourceServer: [demo.resource_server.id, demo.resource_server.client_secret],
    };
  }

  const redisPid = (): number | undefined =>
    childrenOf(running?.pid ?? 0).find(
      ({ command }) => command.includes('redis.sock') || /(?:redis|valkey)-server/.test(command),
    )?.pid;

  const ask = async (service: Started, task: string): Promise<number> => {
    const answer = await service.http.send('POST', '/token', {
      basic: [...service.agent],
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 300, task_id: task },
    });
    return answer.status;
  };

  async function revoked(service: Started): Promise<string> {
    const token = await issueToken(service as TestService, 'revoked');
    const json = { by: 'token', value: token, reason: 'test' };
    const answer = await service.http.admin('POST', '/admin/v1/revocations', { json });
    expect(answer.status, answer.text).to.equal(200);
    return token;
  }

  async function untilAnswers(service: Started): Promise<void> {
    await until('it issues tokens', async () => (await ask(service, 'again')) === 200);
    await until('it is ready', async () => {
      return (await service.http.admin('GET', '/readyz')).status === 200;
    });
  }

  /** Revoked tokens stay revoked, tokens of the epoch before are inactive, and everything else works. */
  async function expectRecovered(service: Started, gone: readonly string[]): Promise<void> {
    for (const token of gone) expect(await isActive(service as TestService, token)).to.equal(false);
    await walkMainPath(service as TestService, 'recovered');
    await untilRecorded(service as TestService, 'recovered');
  }

  describe('that is killed', () => {
    const dir = useFolder();

    it('answers again, and what was revoked stays revoked', async () => {
      const service = await start(dir);
      const gone = [await revoked(service), await issueToken(service as TestService, 'before')];
      const pid = redisPid();
      process.kill(pid ?? 0, 'SIGKILL');
      await until('another Redis runs', () => redisPid() !== undefined && redisPid() !== pid);
      await untilAnswers(service);
      await expectRecovered(service, gone);
    });
  });

  describe('whose terminal is closed', () => {
    const dir = useFolder();

    it('starts without a warning the first time, ends on SIGHUP, and leaves no Redis', async () => {
      await start(dir);
      if (running !== undefined) expect(complaintsOf(running)).to.deep.equal([]);
      const pid = redisPid() ?? 0;
      expect(commandOf(pid)).to.be.a('string');
      running?.kill('SIGHUP');
      await until('it took the signal', () =>
        Promise.resolve(running?.output().includes('"reason":"SIGHUP"') === true),
      );
      expect(running?.output()).to.contain('"reason":"SIGHUP","msg":"closing"');
      expect(await running?.exited, running?.output()).to.equal(0);
      expect(commandOf(pid)).to.equal(undefined);
    });
  });

  describe('that stands still', () => {
    const dir = useFolder();

    it('ends on SIGTERM, and leaves no Redis', async () => {
      await start(dir);
      const pid = redisPid() ?? 0;
      expect(commandOf(pid)).to.be.a('string');
      process.kill(pid, 'SIGSTOP');
      expect(running && (await endBySignal(running)), running?.output()).to.equal(0);
      expect(commandOf(pid)).to.equal(undefined);
    });
  });

  describe('on a disk that fills up', () => {
    let disk: SmallDisk;

    const refused = reasonNotToMount();
    if (refused !== undefined) {
      it(`is not tested here: ${refused}`, () => undefined);
      return;
    }

    before(() => {
      disk = mounted();
    });
    after(() => {
      disk.unmount();
    });

    async function untilExited(service: Started): Promise<void> {
      disk.fill();
      await until('its Redis has exited', async () => {
        await ask(service, 'full');
        return running?.output().includes('no space for the private Redis') === true;
      });
    }

    it('answers again once there is room, and nothing else is needed', async () => {
      const service = await start(disk.path);
      const gone = [await revoked(service), await issueToken(service as TestService, 'before')];
      await untilExited(service);
      expect(await ask(service, 'full')).to.equal(503);
      disk.makeRoom();
      await untilAnswers(service);
      await expectRecovered(service, gone);
    });

    it('ends on SIGTERM while it is full', async () => {
      const service = await start(disk.path);
      await untilExited(service);
      expect(running && (await endBySignal(running)), running?.output()).to.equal(0);
      disk.makeRoom();
      await expectRecovered(await start(disk.path), []);
    });
  });
});
