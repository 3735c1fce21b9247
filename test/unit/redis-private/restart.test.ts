import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { askRedis } from '../../../src/redis/private/ask.js';
import type { PrivateRedis, RestartPolicy } from '../../../src/redis/private/options.js';
import { identify, isRunning } from '../../../src/redis/private/process.js';
import { startPrivateRedis } from '../../../src/redis/private/start.js';
import { until } from '../../support/episode.js';
import { programArgs } from '../../support/program.js';
import { useFolder } from '../../support/use-started.js';

const FAST: RestartPolicy = { firstPauseMs: 1, longestPauseMs: 10, maxExits: 3, steadyMs: 1e9 };

describe('a private Redis that exits', function () {
  this.timeout(120_000);
  const dataDir = useFolder();
  const socket = (): string => join(dataDir, 'redis', 'redis.sock');
  let lost: Error[] = [];
  let restarts = 0;
  let running: PrivateRedis | undefined;

  async function start(restart: RestartPolicy = FAST): Promise<PrivateRedis> {
    lost = [];
    restarts = 0;
    const info = (_fields: object, message: string): void => {
      if (message === 'private Redis restarted') restarts += 1;
    };
    const log = { info, error: () => undefined };
    const onLost = (error: Error): void => void lost.push(error);
    return (running = await startPrivateRedis({ dataDir, log, restart, onLost }));
  }

  afterEach(() => running?.stop());

  const ask = (...command: string[]): Promise<string> => askRedis({ path: socket() }, command);

  async function killAndAwaitNext(redis: PrivateRedis): Promise<void> {
    const before = restarts;
    process.kill(redis.pid, 'SIGKILL');
    await until('another one answers', () => restarts > before);
  }

  it('is started again under the lock that it had, with what was written', async () => {
    const redis = await start();
    await ask('SET', 'key', 'kept');
    const lock = readFileSync(join(dataDir, 'redis', 'owner.lock'), 'utf8');
    await killAndAwaitNext(redis);
    expect(await ask('GET', 'key')).to.equal('kept');
    expect(readFileSync(join(dataDir, 'redis', 'owner.lock'), 'utf8')).to.equal(lock);
    const owner = spawn(process.execPath, [
      ...programArgs('test/support/private-redis-owner'),
      dataDir,
    ]);
    expect(await once(createInterface(owner.stdout), 'line')).to.deep.equal(['refused: locked']);
    const second = identify(redis.pid);
    await redis.stop();
    expect(second && isRunning(second)).to.equal(false);
    expect(existsSync(join(dataDir, 'redis', 'owner.lock'))).to.equal(false);
    expect(lost).to.deep.equal([]);
  });

  it('is recorded again, so that a later owner ends it', async () => {
    const redis = await start();
    await killAndAwaitNext(redis);
    const { server } = JSON.parse(readFileSync(join(dataDir, 'redis', 'server.json'), 'utf8')) as {
      server?: { pid: number };
    };
    expect(server?.pid).to.equal(redis.pid);
  });

  it('is given up after exits in a row, with the last cause', async () => {
    const redis = await start();
    for (let exits = 1; exits < FAST.maxExits; exits++) await killAndAwaitNext(redis);
    process.kill(redis.pid, 'SIGKILL');
    await until('it is given up', () => lost.length > 0);
    expect(String(lost[0])).to.contain('cannot be brought back: Redis exited with SIGKILL');
  });

  it('is not given up while it runs steadily between its exits', async () => {
    const redis = await start({ ...FAST, maxExits: 2, steadyMs: -1 });
    for (let exits = 0; exits < 4; exits++) await killAndAwaitNext(redis);
    expect(lost).to.deep.equal([]);
  });

  it('is not started again when another process took over the folder', async () => {
    const redis = await start();
    const lock = join(dataDir, 'redis', 'owner.lock');
    const owner = identify(process.ppid);
    writeFileSync(lock, JSON.stringify(owner));
    process.kill(redis.pid, 'SIGKILL');
    await until('it is given up, or started', () => lost.length > 0 || restarts > 0);
    expect(String(lost[0])).to.contain(`process ${String(owner?.pid)} already runs`);
    await redis.stop();
    expect(JSON.parse(readFileSync(lock, 'utf8'))).to.deep.equal(owner);
    rmSync(lock);
  });

  it('can be stopped in the pause before the next try', async () => {
    const redis = await start({ ...FAST, firstPauseMs: 1e9, longestPauseMs: 1e9 });
    process.kill(redis.pid, 'SIGKILL');
    await until('it is gone', () => identify(redis.pid) === undefined);
    await redis.stop();
    expect(existsSync(join(dataDir, 'redis', 'owner.lock'))).to.equal(false);
  });
});
