import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { packArchive } from '../../../src/policy/bundle/pack.js';
import { opaBinary } from '../../support/bundles/opa.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { childrenOf, commandOf, type ChildOf } from '../../support/child-processes.js';
import { until } from '../../support/episode.js';
import { HttpClient } from '../../support/http.js';
import { policyFolder, SMALL_POLICY } from '../../support/policy-folder.js';
import { startProcess } from '../../support/process.js';
import { programArgs } from '../../support/program.js';
import { startRedis } from '../../support/redis.js';
import { bundleFile } from '../../support/two-services.js';

const LOOKS = 1000;
const ENDLESS =
  'count([1 | some i in numbers.range(1, 40000); some j in numbers.range(1, 40000); some k in numbers.range(1, 40000); i + j + k == -1]) == 0';
/** A case that takes hours in opa; in WASM it ends at once for lack of fuel. */
const ENDLESS_CASE = {
  'pay/pay.rego': (SMALL_POLICY['pay/pay.rego'] ?? '').replace(
    'input.request.scopes == ["read"]',
    ENDLESS,
  ),
  'cases/pay.json': SMALL_POLICY['cases/pay.json'] ?? '',
};

describe('SIGTERM while a policy is evaluated without end', function () {
  this.timeout(300_000);
  let dir: string;
  before(function () {
    if (process.platform !== 'linux') this.skip();
    dir = mkdtempSync(join(tmpdir(), 'countersign-endless-'));
  });
  after(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** Waits until opa evaluates the cases for the process. */
  async function endlessChild(pid: number): Promise<ChildOf> {
    let found: ChildOf | undefined;
    await until('opa evaluates the endless case', () => {
      found = childrenOf(pid).find(({ command }) => command.includes(' eval '));
      return found !== undefined;
    });
    return found ?? { pid: 0, command: '' };
  }

  /** It was killed before its parent ended. Its end may still show for a moment. */
  async function gone({ pid, command }: ChildOf): Promise<void> {
    const runs = (): boolean => commandOf(pid) === command;
    for (let looked = 0; runs() && looked < LOOKS; looked++) await delay(10);
    const left = runs();
    if (left) process.kill(pid, 'SIGKILL');
    expect(left, `${command} runs on`).to.equal(false);
  }

  it('ends the command line, and the opa that it runs', async () => {
    const folder = policyFolder(dir, ENDLESS_CASE);
    const words = ['policy', 'test', folder, '--threshold', '0'];
    const child = spawn(process.execPath, [...programArgs('src/main'), ...words], {
      env: { PATH: process.env['PATH'], COUNTERSIGN_OPA: opaBinary() },
      stdio: 'ignore',
    });
    const exited = once(child, 'exit');
    const opa = await endlessChild(child.pid ?? 0);
    child.kill('SIGTERM');
    expect((await exited)[0]).to.equal(143);
    await gone(opa);
  });

  it('ends the service, and the opa that it runs', async () => {
    const redis = await startRedis();
    const service = await startProcess({
      command: 'serve',
      dir,
      adminToken: 'cs_admin_test_of_the_end',
      env: { COUNTERSIGN_OPA: opaBinary() },
      config: {
        redis: { url: redis.url, command_timeout_ms: 5000 },
        data_dir: dir,
        issuer: 'http://127.0.0.1:8484',
        policy: {
          path: bundleFile(GRANT_WHAT_IS_ASKED, 'first', 1),
          watch: false,
          admission: { inputs: 20, violations: 'warn' },
        },
      },
    });
    const http = new HttpClient(service.endpoints);
    try {
      const sources = new Map(
        Object.entries(ENDLESS_CASE).map(([path, text]) => [path, Buffer.from(text)]),
      );
      const asked = http
        .admin('POST', '/admin/v1/policy/test?threshold=0', {
          body: await packArchive(sources),
          headers: { 'content-type': 'application/gzip' },
        })
        .catch((error: unknown) => error);
      const opa = await endlessChild(service.pid);
      service.kill('SIGTERM');
      expect(await service.exited, service.output()).to.equal(0);
      await gone(opa);
      await asked;
    } finally {
      service.kill('SIGKILL');
      await http.close();
      await redis.stop();
    }
  });
});
