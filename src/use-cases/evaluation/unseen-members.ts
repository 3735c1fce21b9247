import type { AccessQuestion } from '../../domain/access-evaluation.js';
import type { Fulfilled } from '../../domain/fulfil.js';
import type { Reason } from '../../domain/policy.js';

/** The reason of every question with members that the policy cannot see; depends on the question alone. */
export function unseenReasons({ unseen }: AccessQuestion): readonly Reason[] | undefined {
  if (unseen.length === 0) return undefined;
  const message = `The policy cannot see ${unseen.join(', ')}. Leave out what it cannot see.`;
  return [{ rule: 'countersign.evaluation', code: 'member_not_seen', message }];
}

/**
 * Turns a yes to a question with members that the policy cannot see into a no: with them it could have been one. Alarms
 * and the obligation to quarantine stay, and so does a no with its reasons.
 */
export function withholdUnseen(question: AccessQuestion, fulfilled: Fulfilled): Fulfilled {
  const reasons = unseenReasons(question);
  const { decision } = fulfilled;
  if (reasons === undefined || decision.scopes.length === 0) return fulfilled;
  const denied = { effect: 'deny', scopes: [], ttlSeconds: 0, removed: [], reasons } as const;
  return { ...fulfilled, decision: { ...decision, ...denied } };
}
