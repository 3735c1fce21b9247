import { isLoopback } from '../config/addresses.js';
import type { Config } from '../config/config.js';
import { targetOf, type RedisTarget } from '../redis/target.js';
import { parseRedisUrl } from '../redis/url.js';

/** What every connection to Redis is made from, whoever opens it. Throws when there is no URL, or it is malformed. */
export function redisTarget({ redis, profile }: Pick<Config, 'redis' | 'profile'>): RedisTarget {
  if (redis.url === undefined) throw new Error('redis.url is not set and no private Redis runs');
  return targetOf(parseRedisUrl(redis.url), {
    login: redis.login,
    sentinelLogin: redis.sentinelLogin,
    tls: redis.tls,
    ...(profile === 'production' ? { clearTextTo: isLoopback } : {}),
  });
}
