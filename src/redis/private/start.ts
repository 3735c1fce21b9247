import { chmodSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makePrivateFolder } from '../../files/private-folder.js';
import { findRedisServer } from './binary.js';
import { DEFAULT_RESTART, type PrivateRedis, type PrivateRedisOptions } from './options.js';
import { endOrphan } from './orphan.js';
import { acquireLock, type OwnerLock } from './owner-lock.js';
import { socketPath } from './running-server.js';
import { socketUrl } from '../url.js';
import { supervise } from './supervise.js';

/**
 * Starts the Redis of one data folder on a unix socket that only this user can reach.
 * Every write is on disk before it is answered. One owner at a time; the server of a dead owner is ended first. A server
 * that exits is started again. Resolves when the server answers, its append-only file loaded. Throws PrivateRedisError.
 */
export async function startPrivateRedis(options: PrivateRedisOptions): Promise<PrivateRedis> {
  const dir = resolve(options.dataDir, 'redis');
  for (const folder of [options.dataDir, dir]) makePrivateFolder(folder);
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
  const { log, stopping, readyTimeoutMs = 120_000, restart = DEFAULT_RESTART } = options;
  const record = join(dir, 'server.json');
  const orphan = await endOrphan(record, join(dir, 'redis.sock'));
  if (orphan !== undefined) log.info({ pid: orphan }, 'orphaned private Redis ended');
  const socket = socketPath(dir, log);
  const plan = { serverPath, dir, socket, record, lock, readyTimeoutMs };
  const onLost = options.onLost ?? (() => undefined);
  const server = await supervise({ plan, log, restart, onLost }, stopping);
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(record, { force: true });
    if (dirname(socket) !== dir) rmSync(dirname(socket), { recursive: true, force: true });
    lock.release();
  };
  let stopped: Promise<void> | undefined;
  return {
    url: socketUrl(socket),
    get pid() {
      return server.pid;
    },
    stop: () => (stopped ??= stop()),
  };
}
