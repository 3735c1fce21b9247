import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findRedisServer } from './binary.js';
import { endOrphan, writeRecord } from './orphan.js';
import { acquireLock, type OwnerLock } from './owner-lock.js';
import { endProcess } from './process.js';
import { spawnRedis, waitUntilReady } from './server.js';

/** The part of a pino logger that this module uses. */
export interface PrivateRedisLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface PrivateRedisOptions {
  /** The service's data folder; Redis keeps its files in `redis/` below it. */
  readonly dataDir: string;
  /** Default: the first redis-server or valkey-server on PATH. */
  readonly serverPath?: string;
  readonly log: PrivateRedisLog;
  /** Limit for loading the append-only file, in milliseconds. Default 120,000. */
  readonly readyTimeoutMs?: number;
  /** Ends a start that waits for the server. */
  readonly stopping?: AbortSignal;
}

export interface PrivateRedis {
  /** `unix:///…/redis.sock`. */
  readonly url: string;
  readonly pid: number;
  /** Ends the server (SIGTERM, SIGKILL after ten seconds) and releases the lock. Idempotent. */
  stop(): Promise<void>;
}

/** Maximum length of a socket path: 104 bytes on macOS, 108 on Linux, with the final zero. */
const LONGEST_SOCKET_PATH = 100;

/**
 * Starts the Redis of one data folder on a unix socket that only this user can reach.
 * Every write is on disk before it is answered. One owner at a time; the server of a dead owner is ended first.
 * Resolves when the server answers, its append-only file loaded. Throws PrivateRedisError.
 */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const dir = resolve(options.dataDir, 'redis');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const serverPath = options.serverPath ?? findRedisServer();
  const lock = acquireLock(join(dir, 'owner.lock'));
  try {
    return await startOwned(options, serverPath, dir, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startOwned(
  options: PrivateRedisOptions,
  serverPath: string,
  dir: string,
  lock: OwnerLock,
): Promise<PrivateRedis> {
  const { log } = options;
  const record = join(dir, 'server.json');
  const orphan = await endOrphan(record, join(dir, 'redis.sock'));
  if (orphan !== undefined) log.info({ pid: orphan }, 'orphaned private Redis ended');
  const socket = socketPath(dir, log);
  lock.verify();
  writeRecord(record, { socket });
  const server = spawnRedis(serverPath, directives(dir, socket));
  writeRecord(record, { socket, server: server.identity });
  // At any orderly exit of this process, Redis is asked to write its data and exit.
  const leave = () => {
    server.child.kill('SIGTERM');
  };
  process.once('exit', leave);
  const readyTimeoutMs = options.readyTimeoutMs ?? 120_000;
  try {
    await waitUntilReady(server, { path: socket }, readyTimeoutMs, options.stopping);
  } catch (error) {
    process.off('exit', leave);
    throw error;
  }
  log.info({ pid: server.identity.pid, socket }, 'private Redis ready');

  let stopping: Promise<void> | undefined;
  void server.exited.then(({ code, signal, output }) => {
    if (stopping === undefined)
      log.error({ code, signal, output }, 'private Redis exited unexpectedly');
  });
  const stop = async () => {
    await endProcess(server.identity, 10_000);
    await server.exited;
    process.off('exit', leave);
    rmSync(record, { force: true });
    if (dirname(socket) !== dir) rmSync(dirname(socket), { recursive: true, force: true });
    lock.release();
  };
  return {
    url: `unix://${socket}`,
    pid: server.identity.pid,
    stop: () => (stopping ??= stop()),
  };
}

function socketPath(dir: string, log: PrivateRedisLog): string {
  const usual = join(dir, 'redis.sock');
  if (Buffer.byteLength(usual) <= LONGEST_SOCKET_PATH) return usual;
  const socket = join(mkdtempSync(join(tmpdir(), 'cs-')), 'redis.sock');
  log.info({ socket }, 'data folder path too long for a unix socket; using a temporary folder');
  return socket;
}

function directives(dir: string, socket: string): string[][] {
  return [
    ['port', '0'],
    ['unixsocket', socket],
    ['unixsocketperm', '700'],
    ['dir', dir],
    ['daemonize', 'no'],
    ['supervised', 'no'],
    ['save', ''],
    ['appendonly', 'yes'],
    ['appendfsync', 'always'],
    ['maxmemory-policy', 'noeviction'],
  ];
}
