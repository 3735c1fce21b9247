import type { Config } from '../config/config.js';
import type { Logger } from '../domain/logger.js';
import { connectRedis, parseRedisUrl, type RedisClient } from '../redis/client.js';
import type { StoreContext } from '../redis/context.js';
import { createKeys } from '../redis/keys.js';
import { memoryOf, probeRedis } from '../redis/probe.js';
import { readScripts, ScriptRunner, type ScriptObserver } from '../redis/scripts.js';
import { openStore } from '../redis/stores/settings.js';
import { patiently } from './patiently.js';

/** The connection to the state, checked and opened. */
export interface Storage {
  readonly context: StoreContext;
  readonly client: RedisClient;
  close(): void;
}

export interface StorageOptions {
  readonly log: Logger;
  readonly name: string;
  readonly observe?: ScriptObserver;
  /** For tests that take a guard out of a script. */
  readonly editScript?: (file: string, source: string) => string;
}

/** Tries of the first connection; Redis may still be loading its file. */
const CONNECT_TRIES = 20;

/** Connects, refuses a server the invariants cannot rest on, and draws the epochs. Throws with every problem. */
export async function openStorage(config: Config, options: StorageOptions): Promise<Storage> {
  const { redis, security, profile, tokens } = config;
  if (redis.url === undefined) throw new Error('redis.url is not set and no private Redis runs');
  const client = connectRedis(parseRedisUrl(redis.url), {
    commandTimeoutMs: redis.commandTimeoutMs,
    name: options.name,
    onError: (error) => {
      options.log.warn({ error: error.message }, 'redis connection');
    },
  });
  await connect(client);
  const report = await patiently(() =>
    probeRedis(client, {
      production: profile === 'production',
      acceptReplicaRisk: security.acceptReplicaRisk,
    }),
  );
  for (const warning of report.warnings) options.log.warn({ warning }, 'redis probe');
  if (report.problems.length > 0) {
    client.disconnect();
    throw new Error(`Redis cannot be used: ${report.problems.join('; ')}`);
  }
  const runner = new ScriptRunner(client, readScripts(options.editScript), options.observe);
  const context = { runner, keys: createKeys(redis.prefix), shards: redis.shards };
  const settings = { shards: redis.shards, maxTtlSeconds: tokens.maxTtlSeconds };
  await patiently(() => openStore(context, settings));
  return {
    context,
    client,
    close: () => {
      client.disconnect();
    },
  };
}

async function connect(client: RedisClient): Promise<void> {
  let last: unknown;
  for (let tries = 0; tries < CONNECT_TRIES; tries++) {
    try {
      if (client.status === 'wait' || client.status === 'end') await client.connect();
      await client.ping();
      return;
    } catch (error) {
      last = error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  client.disconnect();
  throw new Error(`Redis cannot be reached: ${String(last)}`, { cause: last });
}

/** A guard that says no once memory passed the mark; asked each second, answered from the last look. */
export interface HighWater {
  readonly full: boolean;
  look(): Promise<void>;
}

/** Share of `maxmemory` past which issuing stops, when no mark is configured. */
const HIGH_WATER_SHARE = 0.9;

export function createHighWater(client: RedisClient, markBytes: number | undefined): HighWater {
  let full = false;
  return {
    get full() {
      return full;
    },
    async look() {
      const { used, max } = await memoryOf(client);
      const mark = markBytes ?? (max > 0 ? max * HIGH_WATER_SHARE : Number.POSITIVE_INFINITY);
      full = used > mark;
    },
  };
}
