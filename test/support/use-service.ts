import { startRedis, type TestRedis } from './redis.js';
import { startService, type TestService, type TestServiceOptions } from './service.js';
import { current } from './use-store.js';

/** One real service on its own Redis for the tests of a block; `options` are made when the tests run. */
export function useService(options: () => Omit<TestServiceOptions, 'redisUrl'> = () => ({})): {
  readonly service: TestService;
  readonly redis: TestRedis;
} {
  let redis: TestRedis | undefined;
  let service: TestService | undefined;
  before(async function () {
    this.timeout(60_000);
    redis = await startRedis();
    service = await startService({ ...options(), redisUrl: redis.url });
  });
  after(async () => {
    try {
      await service?.close();
    } finally {
      await redis?.stop();
    }
  });
  return { redis: current(() => redis), service: current(() => service) };
}
