import { isLoopback } from '../config/addresses.js';
import type { RedisAnswer } from '../cli/ports.js';
import type { Config } from '../config/config.js';
import { diagnose } from '../redis/diagnosis.js';
import { targetOf, type RedisTarget } from '../redis/target.js';
import { parseRedisUrl } from '../redis/url.js';

/** Returns the target of every Redis connection. Throws when the URL is missing or malformed. */
export function redisTarget({ redis, profile }: Pick<Config, 'redis' | 'profile'>): RedisTarget {
  if (redis.url === undefined) throw new Error('redis.url is not set and no private Redis runs');
  return targetOf(parseRedisUrl(redis.url), {
    login: redis.login,
    sentinelLogin: redis.sentinelLogin,
    tls: redis.tls,
    ...(profile === 'production' ? { clearTextTo: isLoopback } : {}),
  });
}

/** Maximum time of each step of the check, in milliseconds, since a person waits for it. */
const ASK_TIMEOUT_MS = 3000;

/** Asks each address of the configured Redis; empty when none is configured. */
export async function askRedis(config: Config): Promise<readonly RedisAnswer[]> {
  if (config.redis.url === undefined) return [];
  const reports = await diagnose(redisTarget(config), ASK_TIMEOUT_MS);
  return reports.map(({ address, as, problem }) => ({ address: `${as} ${address}`, problem }));
}
