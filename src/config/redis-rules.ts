import { parseRedisUrl, type RedisUrl } from '../redis/url.js';
import { isLoopback } from './addresses.js';
import type { ConfigProblem } from './problems.js';
import type { RawConfig } from './raw.generated.js';
import type { RedisSecrets } from './redis-secrets.js';

const WHERE = '/redis/url';

/** Returns the problems of the Redis URL, using the parser of the connections. */
export function redisProblems({ redis, profile }: RawConfig): ConfigProblem[] {
  if (redis.url === undefined) return [];
  let url: RedisUrl;
  try {
    url = parseRedisUrl(redis.url);
  } catch (error) {
    return [{ where: WHERE, message: error instanceof Error ? error.message : 'is malformed' }];
  }
  const elsewhere = clearTextHosts(url);
  if (profile !== 'production' || elsewhere.length === 0) return [];
  const tls = redis.url.replace(/^redis/, 'rediss').replace(/:\/\/.*$/s, '://');
  const message = `must be TLS in production: use ${tls} for ${elsewhere.join(', ')}; clear text is for loopback and unix sockets`;
  return [{ where: WHERE, message }];
}

/** Returns the warnings about the Redis URL. */
export function redisWarnings({ redis }: RawConfig, { login }: RedisSecrets): string[] {
  if (redis.url === undefined) return [];
  const url = parseRedisUrl(redis.url);
  if (url.hosts.every(({ host }) => isLoopback(host))) return [];
  const hasPassword = (login.password ?? url.login.password) !== undefined;
  return [
    ...(url.tls ? [] : ['redis.url is not TLS, and the store is on another machine']),
    ...(hasPassword ? [] : ['redis.url has no password']),
  ];
}

/** Returns the hosts of a clear-text URL that are not on this machine. */
function clearTextHosts({ tls, hosts }: RedisUrl): string[] {
  if (tls) return [];
  return hosts.map(({ host }) => host).filter((host) => !isLoopback(host));
}
