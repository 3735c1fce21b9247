import { intervalMicros } from '../../domain/budget.js';
import type { EvaluationBudget } from '../../domain/budget-ports.js';
import { shardOfAgent } from '../../domain/shard.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/**
 * Creates the evaluation budgets, each in the shard of the caller's id.
 * GCRA in whole microseconds, by the shard's clock.
 */
export function createEvaluationBudget({ runner, keys, shards }: StoreContext): EvaluationBudget {
  return {
    async charge({ caller: { kind, id }, evaluations, limit, refusal }) {
      const shard = shardOfAgent(id, shards);
      const interval = intervalMicros(limit.per_minute);
      const reply = await runner.run(
        'chargeEvaluations',
        [
          keys.meta(shard),
          keys.audit(shard),
          keys.evaluationBucket(shard, kind, id),
          keys.evaluationRefusal(shard, kind, id),
        ],
        [runner.opening(), evaluations * interval, limit.burst * interval, eventText(refusal)],
      );
      const [status, waitMicros] = reply;
      if (status === 'TAKEN') return 0;
      if (status !== 'EMPTY' || typeof waitMicros !== 'number' || waitMicros <= 0) {
        throw unexpectedReply('chargeEvaluations', reply);
      }
      return Math.ceil(waitMicros / 1000);
    },
  };
}
