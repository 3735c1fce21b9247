import { createHash } from 'node:crypto';
import type { AssertionReplayGuard } from '../../domain/ports.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/**
 * Creates the replay guard of client assertions (RFC 7523 section 3, item 7).
 * One atomic step in the agent's shard.
 */
export function createAssertionGuard({ runner, keys, shards }: StoreContext): AssertionReplayGuard {
  return {
    async consume(agentId, jti, issuedAtSeconds, expiresAtSeconds) {
      const shard = shardOfAgent(agentId, shards);
      const digest = createHash('sha256').update(jti).digest('hex');
      const reply = await runner.run(
        'consumeAssertion',
        [keys.meta(shard), keys.assertion(shard, agentId, digest)],
        [runner.opening(), issuedAtSeconds * 1000, expiresAtSeconds * 1000],
      );
      if (reply[0] === 'CONSUMED') return true;
      if (reply[0] === 'REFUSED') return false;
      throw unexpectedReply('consumeAssertion', reply);
    },
  };
}
