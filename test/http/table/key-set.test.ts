import { expect } from 'chai';
import { Redis } from 'ioredis';
import { randomBytes } from 'node:crypto';
import { createKeys } from '../../../src/redis/keys.js';
import { ScriptRunner } from '../../../src/redis/scripts.js';
import { createKeyringStore } from '../../../src/redis/stores/keyring-store.js';
import { advanceRotation, requestKeyRotation } from '../../../src/token/change-keyring.js';
import { createSealer } from '../../../src/token/sealer.js';
import { editedScripts } from '../../support/edited-scripts.js';
import { useService } from '../../support/use-service.js';

const KEK = randomBytes(32);
const SCHEDULE = {
  ...{ jwksCacheSeconds: 300, longestTokenMs: 930_000, rotateEverySeconds: 86_400 },
  alg: 'ES256',
} as const;

describe('the key set', () => {
  const { service, redis } = useService(() => ({
    env: { COUNTERSIGN_KEY_ENCRYPTION_KEY: KEK.toString('base64') },
  }));

  it('has a published key of which no shard knows: the worker was killed after it wrote the key', async () => {
    const client = new Redis({ path: redis.socket });
    const scripts = editedScripts((file, source) =>
      file.startsWith('raiseGeneration') ? "return redis.error_reply('ERR killed')" : source,
    );
    const runner = new ScriptRunner(client, scripts);
    const store = createKeyringStore({ runner, keys: createKeys('cs'), shards: 64 });
    const killed = (error: unknown): void => {
      expect(String(error)).to.contain('generation is missing');
    };
    try {
      const cause = { reason: 'test', principal: { kind: 'system', id: 'test' } } as const;
      await requestKeyRotation(store, cause).catch(killed);
      await advanceRotation(store, createSealer(KEK), SCHEDULE).catch(killed);
      const next = (await store.read())?.keys.find(({ state }) => state === 'next');
      expect(next).not.to.equal(undefined);
      const { keys } = (await service.http.send('GET', '/jwks')).json();
      expect((keys as { kid: string }[]).map(({ kid }) => kid)).to.include(next?.kid);
    } finally {
      client.disconnect();
    }
  });
});
