import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { PrivateRedisError } from '../../../src/redis/private/errors.js';
import { identify, isRunning } from '../../../src/redis/private/process.js';
import { askRedis } from '../../../src/redis/private/ask.js';
import type { PrivateRedis } from '../../../src/redis/private/options.js';
import { startPrivateRedis } from '../../../src/redis/private/start.js';
import { parseRedisUrl } from '../../../src/redis/url.js';
import { programArgs } from '../../support/program.js';

describe('startPrivateRedis', function () {
  let dataDir: string;
  let logged: string[];
  let started: PrivateRedis[];
  let owners: ChildProcess[];
  const log = {
    info: (_fields: object, message: string) => logged.push(message),
    error: (_fields: object, message: string) => logged.push(`error: ${message}`),
  };

  const start = async (dir = dataDir): Promise<PrivateRedis> => {
    const redis = await startPrivateRedis({ dataDir: dir, log });
    started.push(redis);
    return redis;
  };
  const refusal = async (): Promise<PrivateRedisError> => {
    const outcome = await start().catch((error: unknown) => error);
    if (outcome instanceof PrivateRedisError) return outcome;
    throw new Error('it was not refused');
  };
  /** Another process that owns the folder; its first line is the pid of its Redis, or why not. */
  const ownedByAnother = async (): Promise<{ owner: ChildProcess; said: string }> => {
    const owner = spawn(process.execPath, [
      ...programArgs('test/support/private-redis-owner'),
      dataDir,
    ]);
    owners.push(owner);
    const [said] = (await once(createInterface(owner.stdout), 'line')) as [string];
    return { owner, said };
  };
  const kill = async (owner: ChildProcess) => {
    owner.kill('SIGKILL');
    await once(owner, 'exit');
  };
  const ask = (redis: PrivateRedis, ...command: string[]) =>
    askRedis({ path: redis.url.slice('unix://'.length) }, command);

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'cs-private-'));
    [logged, started, owners] = [[], [], []];
  });
  afterEach(async () => {
    for (const owner of owners) {
      if (owner.exitCode !== null || owner.signalCode !== null) continue;
      owner.stdin?.end();
      await once(owner, 'exit');
    }
    for (const redis of started) await redis.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  for (const name of ['100%', 'a%41 b%2Fc']) {
    it(`has a URL that leads to its socket when the data folder is called ${name}`, async () => {
      const folder = join(dataDir, name);
      const redis = await start(folder);
      const { socket } = parseRedisUrl(redis.url);
      expect(socket).to.equal(join(folder, 'redis', 'redis.sock'));
      expect(await askRedis({ path: socket ?? '' }, ['PING'])).to.equal('PONG');
    });
  }

  it('listens on a unix socket in a folder of this user alone, and on no port', async () => {
    const redis = await start();
    expect(redis.url).to.equal(`unix://${dataDir}/redis/redis.sock`);
    expect(statSync(join(dataDir, 'redis')).mode & 0o777).to.equal(0o700);
    expect(statSync(join(dataDir, 'redis', 'redis.sock')).mode & 0o077).to.equal(0);
    expect(await ask(redis, 'INFO', 'server')).to.match(/^tcp_port:0\r$/m);
  });

  it('narrows a folder that was open to others', async () => {
    mkdirSync(join(dataDir, 'redis'), { mode: 0o755 });
    await start();
    expect(statSync(join(dataDir, 'redis')).mode & 0o777).to.equal(0o700);
  });

  it('has every write on disk before it is answered, and never evicts', async () => {
    const redis = await start();
    expect(await ask(redis, 'INFO', 'persistence')).to.match(/^aof_enabled:1\r$/m);
    expect(await ask(redis, 'INFO', 'memory')).to.match(/^maxmemory_policy:noeviction\r$/m);
    // CONFIG GET answers an array, which the small client does not read.
    const socket = connect(redis.url.slice('unix://'.length));
    socket.write('CONFIG GET appendfsync\r\nCONFIG GET save\r\nQUIT\r\n');
    const replies = (await text(socket)).split('\r\n');
    expect(replies.slice(0, 5)).to.deep.equal(['*2', '$11', 'appendfsync', '$6', 'always']);
    expect(replies.slice(5, 10)).to.deep.equal(['*2', '$4', 'save', '$0', '']);
  });

  it('keeps what was written from one run to the next, and leaves no lock behind', async () => {
    const first = await start();
    await ask(first, 'SET', 'key', 'kept');
    await first.stop();
    expect(readdirSync(join(dataDir, 'redis'))).to.deep.equal(['appendonlydir']);
    expect(await ask(await start(), 'GET', 'key')).to.equal('kept');
  });

  it('refuses a second owner in this process and in another one', async () => {
    const redis = await start();
    expect((await refusal()).code).to.equal('locked');
    expect((await ownedByAnother()).said).to.equal('refused: locked');
    expect(await ask(redis, 'PING')).to.equal('PONG');
  });

  it('names the process that holds the folder', async () => {
    const { owner } = await ownedByAnother();
    const error = await refusal();
    expect(error.code).to.equal('locked');
    expect(error.message).to.contain(`process ${String(owner.pid)}`);
  });

  it('ends the Redis that a killed owner left behind, and finds its data', async () => {
    const { owner, said } = await ownedByAnother();
    await askRedis({ path: join(dataDir, 'redis', 'redis.sock') }, ['SET', 'key', 'kept']);
    await kill(owner);
    const orphan = identify(Number(said));
    if (orphan === undefined) throw new Error('the orphan was to outlive its owner');
    const redis = await start();
    expect(isRunning(orphan)).to.equal(false);
    expect(logged).to.include('orphaned private Redis ended');
    expect(await ask(redis, 'GET', 'key')).to.equal('kept');
  });

  it('finds the orphan through its socket when its pid is not recorded', async () => {
    const { owner, said } = await ownedByAnother();
    await kill(owner);
    rmSync(join(dataDir, 'redis', 'server.json'));
    const orphan = identify(Number(said));
    if (orphan === undefined) throw new Error('the orphan was to outlive its owner');
    await start();
    expect(isRunning(orphan)).to.equal(false);
  });

  it('takes over a lock of a process that is gone, of a reused pid, and of rubbish', async () => {
    const path = join(dataDir, 'redis', 'owner.lock');
    mkdirSync(join(dataDir, 'redis'), { mode: 0o700 });
    const stale = [
      JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'long ago' }),
      JSON.stringify({ pid: process.pid, startedAt: 'before the reboot' }),
      '{"pid":',
      '',
      'null',
    ];
    for (const content of stale) {
      writeFileSync(path, content);
      const redis = await start();
      expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.equal(identify(process.pid));
      await redis.stop();
      expect(existsSync(path)).to.equal(false);
    }
  });

  it('uses a temporary folder when the path is too long for a socket, and reports it', async () => {
    const redis = await start(join(dataDir, 'd'.repeat(120)));
    const socket = redis.url.slice('unix://'.length);
    expect(socket.length).to.be.lessThan(100);
    expect(statSync(join(socket, '..')).mode & 0o777).to.equal(0o700);
    expect(logged.join()).to.contain('using a temporary folder');
    await redis.stop();
    expect(existsSync(join(socket, '..'))).to.equal(false);
  });

  it('reports an unexpected exit of Redis, and not a stop', async () => {
    const redis = await start();
    const said = new Promise<string>((resolve) => {
      log.error = (_fields, message) => {
        resolve(message);
        return 0;
      };
    });
    process.kill(redis.pid, 'SIGKILL');
    expect(await said).to.equal('private Redis exited unexpectedly');
    await redis.stop();
    const again = await start();
    logged = [];
    await again.stop();
    expect(logged).to.deep.equal([]);
  });

  it('tells what Redis said when it does not start, and gives the lock back', async () => {
    mkdirSync(join(dataDir, 'redis', 'appendonlydir'), { recursive: true, mode: 0o700 });
    writeFileSync(join(dataDir, 'redis', 'appendonlydir', 'appendonly.aof.manifest'), 'rubbish\n');
    const error = await refusal();
    expect(error.code).to.equal('start_failed');
    expect(error.message).to.contain('manifest');
    expect(existsSync(join(dataDir, 'redis', 'owner.lock'))).to.equal(false);
  });
});
