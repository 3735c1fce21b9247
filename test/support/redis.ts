import { randomInt } from 'node:crypto';
import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer } from '../../src/redis/private/binary.js';
import { endProcess } from '../../src/redis/private/process.js';
import type { RedisAddress } from '../../src/redis/private/ask.js';
import { spawnRedis, waitUntilReady, type RedisServer } from '../../src/redis/private/server.js';

export interface TestRedisOptions {
  /** Directives after the defaults (AOF with `appendfsync always`, `noeviction`): `['--maxmemory', '5mb']`. */
  readonly args?: readonly string[];
  /** Listens on a free TCP port of 127.0.0.1 as well; `url` then names that port. */
  readonly tcp?: boolean;
}

/** A Redis of one test. Its files live as long as it does, so `restart` finds what was written. */
export interface TestRedis {
  /** `unix://…/redis.sock`, or `redis://127.0.0.1:port` with `tcp`. */
  readonly url: string;
  readonly port: number | undefined;
  /** Of the process that runs now: another one after `restart`. */
  readonly pid: number;
  readonly socket: string;
  readonly dir: string;
  /** Ends it and removes its files. May be called twice. */
  stop(): Promise<void>;
  /** SIGKILL, and waits until it is gone; files stay. */
  kill9(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends it if it runs (SIGTERM), starts it again on its files, waits until it answers. */
  restart(): Promise<void>;
}

/**
 * Where the files of a server are. `appendfsync always` waits for the disk on each write; a file system in memory
 * keeps what was written as well, when the server is killed.
 */
const SCRATCH = inMemory('/dev/shm', 1024 ** 3) ?? tmpdir();

function inMemory(folder: string, leastBytes: number): string | undefined {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < leastBytes ? undefined : folder;
  } catch {
    return undefined;
  }
}

const running = new Set<RedisServer>();
const folders = new Set<string>();

process.on('exit', () => {
  for (const server of running) server.child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

// Ended from outside, a process leaves without its exit hook unless something turns the signal into an exit.
process.once('SIGTERM', () => process.exit(143));

/** Starts a private server on a unix socket in a separate folder and waits until it answers. */
export async function startRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const dir = mkdtempSync(join(SCRATCH, 'cs-redis-'));
  folders.add(dir);
  const socket = join(dir, 'redis.sock');
  const port = options.tcp === true ? await freePort() : undefined;
  const directives = directivesOf(dir, socket, port, options.args ?? []);
  let server = await launch(directives, { path: socket });

  const kill9 = async () => {
    server.child.ref();
    server.child.kill('SIGKILL');
    await server.exited;
  };
  return {
    url: port === undefined ? `unix://${socket}` : `redis://127.0.0.1:${String(port)}`,
    port,
    socket,
    dir,
    get pid() {
      return server.identity.pid;
    },
    kill9,
    pause: () => void server.child.kill('SIGSTOP'),
    resume: () => void server.child.kill('SIGCONT'),
    async stop() {
      await kill9();
      rmSync(dir, { recursive: true, force: true });
      folders.delete(dir);
    },
    async restart() {
      server.child.kill('SIGCONT');
      await endProcess(server.identity, 5000);
      server = await launch(directives, { path: socket });
    },
  };
}

/** Below the ports that systems give to connections, so that none of another test takes one before its server does. */
const PORTS = { first: 20_000, count: 10_000 };

/** A port of 127.0.0.1 that was free a moment ago, at random: other test processes look for one at the time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + randomInt(PORTS.count);
    const listener = createServer();
    const free = await new Promise<boolean>((resolve) => {
      listener.once('error', () => {
        resolve(false);
      });
      listener.listen(port, '127.0.0.1', () => {
        resolve(true);
      });
    });
    if (!free) continue;
    await new Promise((resolve) => listener.close(resolve));
    return port;
  }
}

/** Found once: that runs every candidate for its version. */
let binary: string | undefined;

/** Starts a server and waits for it; it is killed with this process at the latest. */
export async function launch(
  directives: readonly (readonly string[])[],
  address: RedisAddress,
): Promise<RedisServer> {
  const server = spawnRedis((binary ??= findRedisServer()), directives);
  running.add(server);
  void server.exited.then(() => running.delete(server));
  await waitUntilReady(server, address, 120_000);
  // A server that a test forgot must not keep the test process alive: the exit hook ends it.
  server.child.unref();
  for (const pipe of [server.child.stdout, server.child.stderr]) (pipe as Socket | null)?.unref();
  return server;
}

function directivesOf(
  dir: string,
  socket: string,
  port: number | undefined,
  args: readonly string[],
): string[][] {
  const extra: string[][] = [];
  for (const arg of args) {
    if (arg.startsWith('--')) extra.push([arg.slice(2)]);
    else extra.at(-1)?.push(arg);
  }
  return [
    ['port', String(port ?? 0)],
    ['bind', '127.0.0.1'],
    ['unixsocket', socket],
    ['unixsocketperm', '700'],
    ['dir', dir],
    ['save', ''],
    ['appendonly', 'yes'],
    ['appendfsync', 'always'],
    ['maxmemory-policy', 'noeviction'],
    // A script that a test makes slow takes seconds on a busy machine; other commands wait for it.
    ['busy-reply-threshold', '600000'],
    ...extra,
  ];
}
