import type { AuditEvent } from '../../domain/audit.js';
import { cutRefusal } from '../../domain/refusal.js';
import { type RefusalBucket } from '../../domain/budget.js';
import type { Attempt, AuthorizeDeps } from './attempt.js';
import { timed } from '../timed.js';

/**
 * Counts a refusal and returns the decision id of its answer, which is that of any other answer: its time is the tick
 * of the gather. The tick of the count comes after the evaluation and would reveal that the refusal was counted.
 * Throws 503 when the count fails.
 * @param denied counts a denial in the agent's signals, too
 */
export async function countRefusal(
  deps: Pick<AuthorizeDeps, 'refusals' | 'timer'>,
  { agent, decisionId }: Attempt,
  bucket: RefusalBucket,
  event: AuditEvent,
  denied = false,
): Promise<string> {
  await timed(deps, 'record', () =>
    deps.refusals.count(agent.spec.id, bucket, cutRefusal({ ...event, bucket }), denied),
  );
  return decisionId;
}
