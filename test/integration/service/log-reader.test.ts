import { expect } from 'chai';
import { execFileSync, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { until } from '../../support/episode.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { programArgs } from '../../support/program.js';
import { useRedis } from '../../support/use-store.js';

const ADMIN_TOKEN = 'an-admin-token-for-tests';
const WRITE = [process.execPath, ...programArgs('test/support/log-writer')];

/** Runs the log writer and returns what it says of itself; its standard output is never read. */
async function writerOn(stdio: StdioOptions, command: readonly string[] = WRITE) {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio });
  const said = text(child.stderr!);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, ...(JSON.parse(await said) as { dropped: number; drained: boolean }) };
}

describe('a log reader that stands still', function () {
  this.timeout(180_000);
  const redis = useRedis();
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-log-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  function start(command: 'serve' | 'worker', more: object = {}): Promise<CountersignProcess> {
    return startProcess({
      command,
      dir,
      adminToken: ADMIN_TOKEN,
      config: {
        issuer: 'http://127.0.0.1:8484',
        data_dir: dir,
        redis: { url: redis.url },
        policy: { watch: false, admission: { inputs: 20, deadline_ms: 60_000 } },
        log: { level: 'debug' },
        registry: DEMO_REGISTRY,
        ...more,
      },
    });
  }

  /** A metric of the process, from its own page. */
  async function metric(running: CountersignProcess, name: string): Promise<number> {
    const page = await (await fetch(`${running.endpoints.adminUrl}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1] ?? Number.NaN);
  }

  it('does not stop the service from answering, nor from ending', async () => {
    const running = await start('serve');
    running.stopReading();
    // Each is refused under a separate name, so every window of the log has lines to write.
    const paths = ['token', 'introspect', 'revoke', 'nothing'];
    const fill = async (): Promise<boolean> => {
      await Promise.all(
        paths.flatMap((path) =>
          Array.from({ length: 50 }, async () => {
            const answer = await fetch(`${running.endpoints.publicUrl}/${path}`, {
              method: 'POST',
              body: '{}',
              headers: { 'content-type': 'application/json' },
            });
            expect(answer.status).to.be.within(400, 499);
            await answer.arrayBuffer();
          }),
        ),
      );
      return (await metric(running, 'countersign_refusals_unlogged_total')) > 200;
    };
    await until('refusals have no line of their own', fill);
    expect((await fetch(`${running.endpoints.adminUrl}/readyz`)).status).to.equal(200);
    running.kill('SIGTERM');
    expect(await running.exited).to.equal(0);
  });

  it('drops lines when it reads a FIFO', async () => {
    const path = join(dir, 'fifo');
    execFileSync('mkfifo', [path]);
    const fifo = openSync(path, constants.O_RDWR);
    try {
      const { code, dropped, drained } = await writerOn(['ignore', fifo, 'pipe']);
      expect({ code, drained }).to.deep.equal({ code: 0, drained: false });
      expect(dropped).to.be.within(3000, 4999);
    } finally {
      closeSync(fifo);
    }
  });

  it('drops lines when it reads a socket', async () => {
    const { code, dropped, drained } = await writerOn(['ignore', 'pipe', 'pipe']);
    expect({ code, drained }).to.deep.equal({ code: 0, drained: false });
    expect(dropped).to.be.within(3000, 4999);
  });
});
