import { createHash } from 'node:crypto';
import { intervalMicros } from '../../domain/budget.js';
import type { BudgetStore, SharedBudget } from '../../domain/budget-ports.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/**
 * Creates the store of shared budgets: an owner's in the shard of its name, the global one in the
 * control slot.
 */
export function createBudgetStore(context: StoreContext): BudgetStore {
  const { runner } = context;
  return {
    async lease({ budget, limit, need, want }) {
      const reply = await runner.run('leaseBudget', homeOf(context, budget), [
        runner.opening(),
        intervalMicros(limit.per_minute),
        limit.burst,
        need,
        want,
      ]);
      const [status, value, remaining] = reply;
      if (typeof value !== 'number' || typeof remaining !== 'number') {
        throw unexpectedReply('leaseBudget', reply);
      }
      if (status === 'EMPTY') return { granted: 0, remaining, waitMs: Math.ceil(value / 1000) };
      // A lease outside the requested range is a broken reply.
      if (status !== 'LEASED' || value < need || value > want) {
        throw unexpectedReply('leaseBudget', reply);
      }
      return { granted: value, remaining, waitMs: 0 };
    },
  };
}

function homeOf({ keys, shards }: StoreContext, budget: SharedBudget): [string, string] {
  if (budget === 'global') return [keys.meta('control'), keys.globalBudget];
  // An owner is arbitrary text: the key contains a digest of it.
  const digest = createHash('sha256').update(budget.owner).digest('hex').slice(0, 32);
  const shard = shardOfAgent(digest, shards);
  return [keys.meta(shard), keys.ownerBudget(shard, digest)];
}
