// The one Redis of a run: private, on a unix socket, append-only file on, pinned.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startPinned, waitFor } from './process.mjs';

/** Starts it; `folder` is where its files go. */
export async function startRedis(binary, core, folder) {
  mkdirSync(folder, { recursive: true });
  const socket = join(folder, 'redis.sock');
  const directives = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'everysec',
    'maxmemory-policy': 'noeviction',
    // A rewrite in the middle of one contender's turn would be charged to it.
    'auto-aof-rewrite-percentage': '0',
  };
  const args = Object.entries(directives).flatMap(([name, value]) => [`--${name}`, value]);
  const server = startPinned(core, [binary, ...args], { log: join(folder, 'redis.log') });
  const client = new Redis({ path: socket, lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  await waitFor('redis', server, async () => {
    if (client.status !== 'ready') await client.connect();
    return (await client.ping()) === 'PONG' ? true : undefined;
  });
  return {
    pid: server.pid,
    socket,
    url: `unix://${socket}`,
    client,
    setFsync: (policy) => client.config('SET', 'appendfsync', policy),
    async stop() {
      client.disconnect();
      await server.stop();
    },
  };
}

/** `{command: {calls, usec}}` since the server started. */
export async function commandStats(client) {
  const text = await client.info('commandstats');
  const stats = {};
  for (const line of text.split('\r\n')) {
    const found = /^cmdstat_([^:]+):calls=(\d+),usec=(\d+)/.exec(line);
    if (found) stats[found[1]] = { calls: Number(found[2]), usec: Number(found[3]) };
  }
  return stats;
}

/** What one request cost: calls and microseconds by command, without the harness's own INFO and CONFIG. */
export function commandsPerRequest(before, after, requests) {
  const result = {};
  for (const [name, { calls, usec }] of Object.entries(after)) {
    if (name === 'ping' || name.startsWith('config')) continue;
    const since = calls - (before[name]?.calls ?? 0) - (name === 'info' ? 1 : 0);
    const perRequest = since / requests;
    if (perRequest < 0.005) continue;
    const micros = (usec - (before[name]?.usec ?? 0)) / requests;
    result[name] = { calls: round(perRequest, 2), usec: round(micros, 1) };
  }
  return result;
}

export function round(value, digits = 0) {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
