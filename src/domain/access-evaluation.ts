import type { Reason } from './policy.js';
import type { Declared } from './request.js';

/** Evaluations one request may ask for. */
export const MAX_EVALUATIONS = 50;

/** Members that a reason and an event name; the others go unnamed. */
export const MAX_UNSEEN_NAMED = 5;

/** One question of the AuthZEN Authorization API 1.0 (section 5), as its caller put it. Nothing in it is proven. */
export interface AccessQuestion {
  readonly subject: { readonly type: string; readonly id: string };
  /** The action's name; a scope, or nothing anybody has. */
  readonly action: string;
  readonly resource: { readonly type: string; readonly id: string };
  /** `context.ttl_seconds`: a positive integer, not clamped yet. */
  readonly ttlSeconds: number | undefined;
  /** `session_id`, `task_id`, `user_id` and `reason` of the context. */
  readonly declared: Declared;
  /**
   * Members of `properties` and `context` that the policy cannot see, by name, at most MAX_UNSEEN_NAMED; [] when it sees
   * all. A question with any is answered no.
   */
  readonly unseen: readonly string[];
}

/** A question, or why one of a batch is none; the text is public. */
export type EvaluationItem = AccessQuestion | { readonly problem: string };

export interface EvaluationBatch {
  /** 1 to MAX_EVALUATIONS, in the order asked. */
  readonly items: readonly EvaluationItem[];
  /** The first answer that ends the batch: false for `deny_on_first_deny`, true for `permit_on_first_permit`. */
  readonly stopsOn: boolean | undefined;
}

/** The answer to one question. Only what is here leaves the service. */
export interface Judgement {
  readonly decision: boolean;
  /** Names the event; absent when there was no question to decide. */
  readonly decisionId?: string;
  /** How long a token would live, in seconds; with a permit. */
  readonly ttlSeconds?: number;
  /** A person would have to approve. */
  readonly reviewRequired?: true;
  /** As in a denial of a token request, to the agent itself alone; `member_not_seen` to every caller. */
  readonly reasons?: readonly Reason[];
  /** Why an item of a batch is no question. */
  readonly problem?: string;
}
