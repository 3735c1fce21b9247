import type { Evaluation, Decision, PolicyInput } from '../domain/policy.js';
import type { AgentRecord } from '../domain/records.js';
import type { Signals } from '../domain/signals.js';
/** Limits the bundle's result to the request and the shortest cap (I3). */
export type DecisionClamp = (
  evaluation: Evaluation,
  input: PolicyInput,
  ttlCapsSeconds: readonly number[],
) => Decision;
/** Receives the duration of each stage of a request. */
export type StageTimer = (stage: Stage, durationMs: number) => void;
export type Stage = 'authenticate' | 'gather' | 'decide' | 'sign' | 'commit' | 'record' | 'check';

/** The facts of a decision that quarantines its agent. */
export interface QuarantineOrder {
  readonly agent: AgentRecord;
  /** The reason given by the policy. */
  readonly reason: string;
  readonly requestId: string;
  readonly decisionId: string;
  readonly signals: Signals;
}

/**
 * Quarantines an agent by order of the policy, and revokes every token it holds, before it resolves.
 * Returns false, without a change, when the agent is no longer active. Throws CountersignError 503 when the outcome is
 * unknown.
 */
export type Quarantine = (order: QuarantineOrder) => Promise<boolean>;
