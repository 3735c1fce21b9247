import type { Evaluation, Decision, PolicyInput } from '../domain/policy.js';
import type { AgentRecord } from '../domain/records.js';
import type { Signals } from '../domain/signals.js';
/** Takes from the bundle's result what is more than was asked, or longer than any cap (I3). */
export type DecisionClamp = (
  evaluation: Evaluation,
  input: PolicyInput,
  ttlCapsSeconds: readonly number[],
) => Decision;
/** Where a request spends its time; told once per stage. */
export type StageTimer = (stage: Stage, durationMs: number) => void;
export type Stage = 'authenticate' | 'gather' | 'decide' | 'sign' | 'commit' | 'record' | 'check';

/** What a decision knows of the agent it quarantines. */
export interface QuarantineOrder {
  readonly agent: AgentRecord;
  /** The policy's word for it. */
  readonly reason: string;
  readonly requestId: string;
  readonly decisionId: string;
  readonly signals: Signals;
}

/**
 * Puts an agent in quarantine because the policy said so, and cuts every token it holds; done when it resolves.
 * An agent that is not active any more is left as it is, and the answer is false. Throws CountersignError 503 when it
 * may not be done.
 */
export type Quarantine = (order: QuarantineOrder) => Promise<boolean>;
