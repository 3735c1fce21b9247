import { unavailable } from '../../domain/errors.js';
import type { SecretUses } from '../../domain/ports.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** A use is remembered for 400 days. */
const REMEMBER_MS = 400 * 86_400_000;

/** Creates the store of the last use of client secrets; it writes once a minute for each secret. */
export function createSecretUses({ runner, keys, shards }: StoreContext): SecretUses {
  const keyOf = (clientId: string, secretId: string): string =>
    keys.secretUse(shardOfAgent(clientId, shards), secretId);
  return {
    async note(clientId, secretId) {
      const reply = await runner.run('noteSecretUse', [keyOf(clientId, secretId)], [REMEMBER_MS]);
      if (reply[0] !== 'NOTED' && reply[0] !== 'KEPT') {
        throw unexpectedReply('noteSecretUse', reply);
      }
    },
    async lastUses(clientId, secretIds) {
      try {
        const uses = secretIds.map((id) => runner.client.get(keyOf(clientId, id)));
        const texts = await Promise.all(uses);
        return texts.map((text) => (text === null ? undefined : Number(text)));
      } catch (error) {
        throw unavailable('reading the uses of secrets failed', error);
      }
    },
  };
}
