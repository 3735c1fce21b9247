import { expect } from 'chai';
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
      lose: () => opened.client.del(opened.context.keys.keyring),
      close: () => {
        opened.close();
        return Promise.resolve();
      },
    };
  });

  it('takes the highest generation of any slot, and none that is not a number', async () => {
    const opened = await openTestStore(redis);
    const { context, client } = opened;
    const store = createKeyringStore(context);
    await client.hset(context.keys.meta(3), 'g:keyring', '9');
    expect(await store.highestGeneration()).to.equal(9);
    await client.hset(context.keys.meta('control'), 'g:keyring', '12');
    expect(await store.highestGeneration()).to.equal(12);
    await client.hset(context.keys.meta(1), 'g:keyring', 'many');
    expect(await store.highestGeneration().catch(String)).to.match(/temporarily_unavailable/);
    opened.close();
  });
});
