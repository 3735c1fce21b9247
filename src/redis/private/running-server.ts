import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STOP_LIMITS } from '../../domain/stop-limits.js';
import { writeRecord } from './orphan.js';
import type { OwnerLock } from './owner-lock.js';
import type { PrivateRedisLog } from './options.js';
import { endProcess } from './process.js';
import { spawnRedis, waitUntilReady, type RedisServer } from './server.js';

/** The fixed facts of the server of one data folder: each of its processes is started from them. */
export interface ServerPlan {
  readonly serverPath: string;
  /** Holds the files of Redis. */
  readonly dir: string;
  readonly socket: string;
  /** Path of the record of the running process. */
  readonly record: string;
  readonly lock: OwnerLock;
  readonly readyTimeoutMs: number;
}

/** Maximum length of a socket path: 104 bytes on macOS, 108 on Linux, with the final zero. */
const LONGEST_SOCKET_PATH = 100;
/** Returns the path of the socket in `dir`, or in a new temporary folder when that is too long. */
export function socketPath(dir: string, log: PrivateRedisLog): string {
  const usual = join(dir, 'redis.sock');
  if (Buffer.byteLength(usual) <= LONGEST_SOCKET_PATH) return usual;
  const socket = join(mkdtempSync(join(tmpdir(), 'cs-')), 'redis.sock');
  log.info({ socket }, 'data folder path too long for a unix socket; using a temporary folder');
  return socket;
}

/**
 * Starts one process of the server, records it and waits until it answers.
 * `onSpawn` gets the process before it answers. Throws PrivateRedisError, the error of a record that cannot be written,
 * and the signal's reason; no process is left then.
 */
export async function launch(
  plan: ServerPlan,
  onSpawn: (server: RedisServer) => void,
  stopping?: AbortSignal,
): Promise<RedisServer> {
  const { serverPath, dir, socket, record, lock, readyTimeoutMs } = plan;
  lock.verify();
  writeRecord(record, { socket });
  const server = spawnRedis(serverPath, directives(dir, socket));
  onSpawn(server);
  try {
    writeRecord(record, { socket, server: server.identity });
    await waitUntilReady(server, { path: socket }, readyTimeoutMs, stopping);
    return server;
  } catch (error) {
    await endProcess(server.identity, STOP_LIMITS.redisMs);
    throw error;
  }
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
