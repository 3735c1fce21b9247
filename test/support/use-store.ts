import { startRedis, type TestRedis, type TestRedisOptions } from './redis.js';
import { openTestStore, type TestStore } from './store.js';

/** One Redis for the tests of a block. */
export function useRedis(options: TestRedisOptions = {}): TestRedis {
  let running: TestRedis | undefined;
  before(async () => {
    running = await startRedis(options);
  });
  after(() => running?.stop());
  return current(() => running);
}

/** A new store for each test of a block, on one Redis. */
export function useStore(redis: TestRedis): TestStore {
  let open: TestStore | undefined;
  beforeEach(async () => {
    open = await openTestStore(redis);
  });
  afterEach(() => {
    open?.close();
  });
  return current(() => open);
}

/** One store on its own Redis for all tests of a block. */
export function useSharedStore(): { readonly store: TestStore; readonly redis: TestRedis } {
  let redis: TestRedis | undefined;
  let open: TestStore | undefined;
  before(async () => {
    redis = await startRedis();
    open = await openTestStore(redis);
  });
  after(async () => {
    open?.close();
    await redis?.stop();
  });
  return { store: current(() => open), redis: current(() => redis) };
}

/** Returns an object with the members of the current value; throws while there is none. */
export function current<T extends object>(read: () => T | undefined): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      const value = read();
      if (value === undefined) throw new Error('only within tests');
      return Reflect.get(value, name);
    },
  });
}
