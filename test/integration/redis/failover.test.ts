import { expect } from 'chai';
import { connectRedis } from '../../../src/redis/client.js';
import { targetOf } from '../../../src/redis/target.js';
import { parseRedisUrl } from '../../../src/redis/url.js';
import { until } from '../../support/episode.js';
import { startRedis } from '../../support/redis.js';
import { startScriptedSentinel } from '../../support/scripted-sentinel.js';

describe('a client that finds its primary through Sentinel', function () {
  this.timeout(240_000);

  it('serves on when the failover is announced while it connects again', async () => {
    const [first, second] = [await startRedis({ tcp: true }), await startRedis({ tcp: true })];
    const sentinel = await startScriptedSentinel('main');
    const url = `redis+sentinel://127.0.0.1:${String(sentinel.port)}/main`;
    const client = connectRedis(targetOf(parseRedisUrl(url)), {
      commandTimeoutMs: 1000,
      name: 'failover',
      onFailure: () => undefined,
    });
    try {
      sentinel.answerWith(() => Promise.resolve(first.port ?? 0));
      await client.connect();
      await until('the client listens for failovers', () => sentinel.listeners > 0);
      let questions = 0;
      sentinel.answerWith(async () => {
        questions++;
        sentinel.announce();
        await until('no connection listens for failovers', () => sentinel.listeners === 0);
        return second.port ?? 0;
      });
      await first.kill9();
      await until('the client asked again', () => questions > 0);
      await until('the client is connected or has ended', () =>
        ['ready', 'end'].includes(client.status),
      );
      expect(client.status).to.equal('ready');
      expect(await client.set('key', 'value')).to.equal('OK');
    } finally {
      client.disconnect();
      await Promise.all([first.stop(), second.stop(), sentinel.stop()]);
    }
  });
});
