import type { Reason } from './policy.js';
import type { Declared } from './request.js';

/** Maximum evaluations per request. */
export const MAX_EVALUATIONS = 50;

/** Maximum unseen members named by a reason or an event; further ones are omitted. */
export const MAX_UNSEEN_NAMED = 5;

/** An unverified question of the AuthZEN Authorization API 1.0 (section 5), as the caller sent it. */
export interface AccessQuestion {
  readonly subject: { readonly type: string; readonly id: string };
  /** The action's name; a scope, or a name that no scope has. */
  readonly action: string;
  readonly resource: { readonly type: string; readonly id: string };
  /** `context.ttl_seconds`: a positive integer, not clamped yet. */
  readonly ttlSeconds: number | undefined;
  /** `session_id`, `task_id`, `user_id` and `reason` of the context. */
  readonly declared: Declared;
  /**
   * Names of members of `properties` and `context` that the policy cannot see, at most MAX_UNSEEN_NAMED.
   * A question with at least one is denied.
   */
  readonly unseen: readonly string[];
}

/** A question of a batch, or the public text that says why the item is malformed. */
export type EvaluationItem = AccessQuestion | { readonly problem: string };

export interface EvaluationBatch {
  /** 1 to MAX_EVALUATIONS, in the order asked. */
  readonly items: readonly EvaluationItem[];
  /** Answer that ends the batch: false for `deny_on_first_deny`, true for `permit_on_first_permit`. */
  readonly stopsOn: boolean | undefined;
}

/** The answer to one question. No other member leaves the service. */
export interface Judgement {
  readonly decision: boolean;
  /** Identifies the audit event; absent for a malformed question. */
  readonly decisionId?: string;
  /** Lifetime of the hypothetical token, in seconds; with a permit only. */
  readonly ttlSeconds?: number;
  /** Set when a person would have to approve. */
  readonly reviewRequired?: true;
  /** Reasons of a denial, for the agent itself; `member_not_seen` goes to every caller. */
  readonly reasons?: readonly Reason[];
  /** Reason why an item of a batch is malformed. */
  readonly problem?: string;
}
