import type { Redis } from 'ioredis';
import type { TestRedis } from './redis.js';
import { startService, type TestService, type TestServiceOptions } from './service.js';
import { useStarted } from './use-started.js';
import { useClient, useRedis } from './use-store.js';

type Options = Omit<TestServiceOptions, 'redisUrl'>;

/** One real service for the tests of a block, on its own Redis or on `redis`; `options` are made when they run. */
export function useService(
  options: () => Options | Promise<Options> = () => ({}),
  redis: TestRedis = useRedis(),
): { readonly service: TestService; readonly redis: TestRedis; readonly client: Redis } {
  const client = useClient(redis);
  const service = useStarted(
    async () => startService({ ...(await options()), redisUrl: redis.url }),
    (started) => started.close(),
  );
  return { service, redis, client };
}
