import { createHash } from 'node:crypto';
import type { FailureBudget, SharedFailureCounter } from '../../domain/ports.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/**
 * Creates the counter of failed authentications of all instances.
 * It uses a bounded hash in the shard of a source's key.
 */
export function createFailureCounter({ runner, keys, shards }: StoreContext): SharedFailureCounter {
  return {
    async charge({ source, budgets, keys: names }) {
      const reply = await runner.run(
        'chargeFailure',
        [keys.failures(shardOfAgent(source, shards))],
        [fieldOf(names.pair), ...limitOf(budgets.pair)].concat(
          fieldOf(names.source),
          limitOf(budgets.source),
        ),
      );
      const [status, pair, left] = reply;
      if (status !== 'CHARGED') throw unexpectedReply('chargeFailure', reply);
      return { pair: Number(pair) / 1000, source: Number(left) / 1000 };
    },
  };
}

/** Returns 96 bits of a digest: addresses and ids are not stored, and fields of a shard do not collide. */
function fieldOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24);
}

function limitOf({ capacity, perSecond }: FailureBudget): (string | number)[] {
  return [capacity, Math.round(1000 / perSecond)];
}
