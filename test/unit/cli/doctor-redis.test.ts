import { expect } from 'chai';
import { run } from './fake-terminal.js';

describe('doctor and Redis', () => {
  const env = { COUNTERSIGN_REDIS_URL: 'rediss+sentinel://s1:26379,s2:26379/main' };

  it('says of each address whether it answers, and why it does not', async () => {
    const asked: (string | undefined)[] = [];
    const { code, out } = await run(['doctor'], {
      env,
      runtime: {
        askRedis: (config) => {
          asked.push(config.redis.url);
          return Promise.resolve([
            { address: 'Sentinel s1:26379', problem: undefined },
            { address: 'Sentinel s2:26379', problem: 'NOAUTH Authentication required.' },
          ]);
        },
      },
    });
    expect(asked).to.deep.equal([env.COUNTERSIGN_REDIS_URL]);
    expect(code).to.equal(1);
    expect(out).to.contain('ok    redis: Sentinel s1:26379: answers\n');
    expect(out).to.contain('FAIL  redis: Sentinel s2:26379: NOAUTH Authentication required.\n');
  });

  it('asks nothing when none is configured, or the configuration is not valid', async () => {
    for (const other of [{}, { COUNTERSIGN_REDIS_URL: 'rediss://a,b' }]) {
      const { out } = await run(['doctor'], { env: other });
      expect(out).not.to.contain(' redis: ');
    }
  });
});
