import { createHash } from 'node:crypto';
import { CountersignError } from '../../domain/errors.js';
import type { AssertionReplayGuard } from '../../domain/ports.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/**
 * Creates the replay guard of client assertions (RFC 7523 section 3, item 7).
 * One atomic step in the agent's shard.
 */
export function createAssertionGuard(
  { runner, keys, shards }: StoreContext,
  maxAheadSeconds: number,
): AssertionReplayGuard {
  return {
    async consume(agentId, jti, issuedAtSeconds, expiresAtSeconds) {
      const shard = shardOfAgent(agentId, shards);
      const digest = createHash('sha256').update(jti).digest('hex');
      const reply = await runner.run(
        'consumeAssertion',
        [keys.meta(shard), keys.assertion(shard, agentId, digest)],
        [runner.opening(), issuedAtSeconds * 1000, expiresAtSeconds * 1000, maxAheadSeconds * 1000],
      );
      if (reply[0] === 'CONSUMED') return true;
      if (reply[0] === 'REFUSED') return false;
      if (reply[0] === 'EARLY') throw tooEarly(Number(reply[1]));
      throw unexpectedReply('consumeAssertion', reply);
    },
  };
}

/** Returns the 503 of an assertion that is too old for the epoch; `iat` has whole seconds. */
function tooEarly(waitMs: number): CountersignError {
  return new CountersignError(
    'temporarily_unavailable',
    'The store has just started, and does not accept this client assertion.',
    {
      retryAfterSeconds: Math.ceil(waitMs / 1000) + 1,
      hint: 'Nothing was granted. Send a new client assertion after Retry-After seconds.',
    },
    `client assertion from before the epoch or soon after it began; ${String(waitMs)} ms to wait`,
  );
}
