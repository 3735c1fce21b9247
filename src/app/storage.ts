import type { Config } from '../config/config.js';
import type { Logger } from '../domain/logger.js';
import { connectRedis, type RedisClient } from '../redis/client.js';
import { pause, within } from '../domain/deadline.js';
import { causeOf } from '../redis/failure.js';
import type { StoreContext } from '../redis/context.js';
import { createKeys } from '../redis/keys.js';
import { memoryOf, pingPrimaries, probeRedis } from '../redis/probe.js';
import { nodeClock } from '../redis/opening.js';
import {
  ScriptRunner,
  type ClockDoubt,
  type ScriptObserver,
  type Scripts,
} from '../redis/scripts.js';
import { openStore } from '../redis/stores/settings.js';
import { retryWhileUnavailable } from './retry-while-unavailable.js';
import { createRedisHealth, type RedisHealth } from './redis-health.js';
import { redisTarget } from './redis-target.js';

/** The opened and checked connection to the state. */
export interface Storage {
  readonly context: StoreContext;
  readonly client: RedisClient;
  readonly health: RedisHealth;
  close(): void;
}

export interface StorageOptions {
  readonly log: Logger;
  readonly name: string;
  readonly observe?: ScriptObserver;
  /** Receives each refusal of a script because of a clock. */
  readonly onClockDoubt?: (doubt: ClockDoubt) => void;
  /** Default: the scripts of this build. */
  readonly scripts?: Scripts;
  /** Ends the attempts to connect. */
  readonly stopping?: AbortSignal;
}

/** Number of attempts of the first connection; Redis may still be loading its file. */
const CONNECT_TRIES = 20;
/** Timeout of each attempt, in milliseconds. */
const CONNECT_TRY_MS = 3000;
/** Time after which no further attempt begins, in milliseconds. */
const CONNECT_DEADLINE_MS = 15_000;
const CONNECT_PAUSE_MS = 100;
/** Timeout of the diagnosis after all attempts failed, in milliseconds. */
const DIAGNOSIS_MS = 2000;

/**
 * Connects, refuses a server that breaks the invariants, and draws the epochs.
 * Throws with every problem, and with the signal's reason once `stopping` aborts.
 */
export async function openStorage(config: Config, options: StorageOptions): Promise<Storage> {
  const { redis, security, profile, tokens } = config;
  const { stopping } = options;
  const target = redisTarget(config);
  const health = createRedisHealth(target, options.log);
  const client = connectRedis(target, {
    commandTimeoutMs: redis.commandTimeoutMs,
    name: options.name,
    onFailure: health.failed,
  });
  try {
    await connect(client, health, stopping);
    const { acceptReplicaRisk } = security;
    const probe = { production: profile === 'production', acceptReplicaRisk };
    const report = await retryWhileUnavailable(() => probeRedis(client, probe), stopping);
    for (const warning of report.warnings) options.log.warn({ warning }, 'redis probe');
    if (report.problems.length > 0) {
      throw new Error(`Redis cannot be used: ${report.problems.join('; ')}`);
    }
    const clock = nodeClock(redis.maxClockSkewMs, redis.commandTimeoutMs);
    const runner = new ScriptRunner(client, options.scripts, options.observe, {
      ...clock,
      ...(options.onClockDoubt === undefined ? {} : { onDoubt: options.onClockDoubt }),
    });
    const context = { runner, keys: createKeys(redis.prefix), shards: redis.shards };
    const settings = { shards: redis.shards, maxTtlSeconds: tokens.maxTtlSeconds };
    await retryWhileUnavailable(() => openStore(context, settings), stopping);
    return {
      context,
      client,
      health,
      close: () => {
        health.close();
        client.disconnect();
      },
    };
  } catch (error) {
    health.close();
    client.disconnect();
    throw error;
  }
}

/**
 * Connects to every primary.
 * Throws with the address and the cause of each failing connection, or the signal's reason.
 */
async function connect(
  client: RedisClient,
  health: RedisHealth,
  stopping: AbortSignal | undefined,
): Promise<void> {
  const deadlineMs = performance.now() + CONNECT_DEADLINE_MS;
  let last: unknown;
  for (let tries = 0; tries < CONNECT_TRIES && performance.now() < deadlineMs; tries++) {
    try {
      if (client.status === 'wait' || client.status === 'end') {
        // Through Sentinel the client retries forever, and its promise settles only with an answer.
        await within(CONNECT_TRY_MS, client.connect(), stopping);
      }
      await within(CONNECT_TRY_MS, pingPrimaries(client), stopping);
      return;
    } catch (error) {
      stopping?.throwIfAborted();
      last = error;
      await pause(CONNECT_PAUSE_MS, stopping);
    }
  }
  const found = await within(DIAGNOSIS_MS * 2, health.explain(DIAGNOSIS_MS), stopping);
  throw new Error(`Redis cannot be reached: ${found ?? causeOf(last)}`);
}

/**
 * A guard that stops writes once memory passed the mark.
 * It is refreshed each second and answers from the last value.
 */
export interface HighWater {
  readonly full: boolean;
  look(): Promise<void>;
}

/** Default share of `maxmemory` above which issuing stops. */
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
