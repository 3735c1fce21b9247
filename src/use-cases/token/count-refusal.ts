import type { AuditEvent } from '../../domain/audit.js';
import { cutRefusal } from '../../domain/refusal.js';
import { type RefusalBucket } from '../../domain/budget.js';
import { newDecisionId } from '../../domain/ids.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { Attempt, AuthorizeDeps } from './attempt.js';
import { timed } from '../timed.js';

/**
 * Counts a refusal and returns the decision id of its answer.
 * The first refusal of a minute has the id of the event, later ones a new id with the shard and minute of the count.
 * Throws 503 when the count fails.
 * @param denied counts a denial in the agent's signals, too
 */
export async function countRefusal(
  deps: Pick<AuthorizeDeps, 'refusals' | 'shards' | 'timer'>,
  { agent, decisionId }: Attempt,
  bucket: RefusalBucket,
  event: AuditEvent,
  denied = false,
): Promise<string> {
  const { tickMs, opened } = await timed(deps, 'record', () =>
    deps.refusals.count(agent.spec.id, bucket, cutRefusal({ ...event, bucket }), denied),
  );
  return opened ? decisionId : newDecisionId(shardOfAgent(agent.spec.id, deps.shards), tickMs);
}
