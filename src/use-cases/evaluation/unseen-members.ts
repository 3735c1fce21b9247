import type { AccessQuestion } from '../../domain/access-evaluation.js';
import type { AppliedDecision } from '../../domain/obligations.js';
import type { Reason } from '../../domain/policy.js';

/** Returns the reason for members outside the policy input; it depends on the request alone. */
export function unseenReasons({ unseen }: AccessQuestion): readonly Reason[] | undefined {
  if (unseen.length === 0) return undefined;
  const message = `The policy input has no place for ${unseen.join(', ')}. Leave these members out.`;
  return [{ rule: 'countersign.evaluation', code: 'member_not_seen', message }];
}

/**
 * Turns a permit into a denial for an evaluation with members outside the policy input, which could
 * have changed it. Keeps alarms and the obligation to quarantine, and any denial with its reasons.
 */
export function withholdUnseen(
  question: AccessQuestion,
  fulfilled: AppliedDecision,
): AppliedDecision {
  const reasons = unseenReasons(question);
  const { decision } = fulfilled;
  if (reasons === undefined || decision.scopes.length === 0) return fulfilled;
  const denied = { effect: 'deny', scopes: [], ttlSeconds: 0, removed: [], reasons } as const;
  return { ...fulfilled, decision: { ...decision, ...denied } };
}
