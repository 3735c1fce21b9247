import { createKeyringStore } from '../../src/redis/stores/keyring-store.js';
import { openTestStore } from '../support/store.js';
import { describeKeyringStore } from './keyring-store.js';
import { useRedis } from '../support/use-store.js';

describe('on a real Redis', () => {
  const redis = useRedis();

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
