import { Redis } from 'ioredis';
import { startRedis, type TestRedis, type TestRedisOptions } from './redis.js';
import { openTestStore, type TestStore } from './store.js';
import { useStarted, useStartedEach } from './use-started.js';

/** One Redis for the tests of a block. */
export function useRedis(options: TestRedisOptions = {}): TestRedis {
  return useStarted(
    () => startRedis(options),
    (redis) => redis.stop(),
  );
}

/** One client of a block's Redis. */
export function useClient(redis: TestRedis): Redis {
  return useStarted(
    () => new Redis({ path: redis.socket }),
    (client) => {
      client.disconnect();
    },
  );
}

/** A new store for each test of a block, on one Redis. */
export function useStore(redis: TestRedis): TestStore {
  return useStartedEach(
    () => openTestStore(redis),
    (store) => {
      store.close();
    },
  );
}

/** One store on its own Redis for all tests of a block. */
export function useSharedStore(): { readonly store: TestStore; readonly redis: TestRedis } {
  const redis = useRedis();
  const store = useStarted(
    () => openTestStore(redis),
    (opened) => {
      opened.close();
    },
  );
  return { store, redis };
}
