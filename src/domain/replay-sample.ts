/** The sample of recorded decisions that a bundle is replayed on before it decides. */

/**
 * Smallest share of strata that a gate accepts.
 * A tenth may be inputs that were too large, masked, or depended on a removed credential; a flood of distinct requests by one agent, a slow bundle or a
 * removed record leaves more than that unseen.
 */
export const REPLAY_MIN_COVERAGE = 0.9;
/** Fewer replayable decisions say nothing about coverage: the gate reports `nothing_to_replay`. */
export const REPLAY_MIN_DECISIONS = 50;

/** Whether the input of a decision was stored: `never` when the service was not configured to store it. */
export type InputState = 'stored' | 'missing' | 'never';

/** A recorded decision of a policy, without its input. */
export interface DecisionPlace {
  readonly row: number;
  readonly agentId: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly effect: string;
  readonly granted: readonly string[];
  readonly rules: readonly string[];
  readonly input: InputState;
}

/** A period in milliseconds since the Unix epoch, inclusive. */
export interface Period {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Verdict on a sample; new grants are judged by the caller's allowance. */
export type SampleVerdict = 'replayed' | 'low_coverage' | 'nothing_to_replay';

/**
 * Coverage of a period by a sample. Wire names.
 * A stratum is the decisions with one agent, resource, scope set, outcome and rules. Segments of scopes that contain a
 * digit count as equal in decisions that granted all.
 */
export interface ReplaySample {
  readonly verdict: SampleVerdict;
  /** Decisions of the period that a policy made. */
  readonly decisions: number;
  /** Those of them with a stored input. */
  readonly replayable: number;
  readonly strata: number;
  /** Strata with at least one replayed decision. */
  readonly strata_replayed: number;
  /** Strata from a time when no inputs were stored; not part of `strata`. */
  readonly strata_without_inputs: number;
  /** False when time or memory ended before the whole period was read; `coverage` is then reduced by that share. */
  readonly complete: boolean;
  /** Share of strata that were replayed, 0 to 1. */
  readonly coverage: number;
  /** Smallest accepted share. */
  readonly min_coverage: number;
  /** Decisions of the period that would get new grants, extrapolated from the sample, rounded up per stratum. */
  readonly new_grants: number;
  /** Agents with the most strata that were not replayed. */
  readonly least_covered: readonly {
    readonly agent: string;
    readonly strata: number;
    readonly not_replayed: number;
  }[];
}
