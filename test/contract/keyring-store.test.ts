import { createKeyringStore } from '../../src/redis/stores/keyring-store.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { openTestStore } from '../support/store.js';
import { describeKeyringStore } from './keyring-store.js';

describe('on a real Redis', () => {
  let redis: TestRedis;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());

  describeKeyringStore('Redis', async () => {
    const opened = await openTestStore(redis);
    return {
      store: createKeyringStore(opened.context),
      close: () => {
        opened.close();
        return Promise.resolve();
      },
    };
  });
});
