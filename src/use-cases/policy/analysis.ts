import type { SimulationReport } from '../../domain/simulation.js';
import type { AdminContext } from '../admin/context.js';
import type { SimulateCommand } from '../admin/simulate-signals.js';
import type {
  BundleDifference,
  EvaluationReport,
  Explanation,
  ReplayReport,
  TightenReport,
} from '../../domain/policy-analysis.js';

/** A selection of decisions to replay. Times in milliseconds since the Unix epoch. */
export interface ReplayCommand {
  /** Digest, prefix of it, or revision of the candidate. */
  readonly ref: string;
  readonly sinceMs: number;
  readonly untilMs?: number;
  /** Maximum number of decisions, newest first. */
  readonly limit: number;
  readonly agentId?: string;
  /** Replays a sample over the whole period, as the gates do, in place of the newest decisions. */
  readonly sample?: SampleCommand;
}

export interface SampleCommand {
  /** Smallest share of strata that gives the verdict `replayed`, 0 to 1. */
  readonly minCoverage: number;
}

export interface EvaluateCommand {
  /** Default: the active bundle. */
  readonly ref?: string;
  readonly input: unknown;
}

export interface TightenCommand {
  readonly sinceMs: number;
  readonly agentId?: string;
}

/**
 * Analysis of recorded decisions and stored bundles, without an effect on decisions.
 * Principals take turns. Every operation throws `slow_down` when too many wait.
 */
export interface AnalysisOperations {
  /** Stores the summary with the bundle. Throws `not_found`, `conflict`. */
  replay(command: ReplayCommand, context: AdminContext): Promise<ReplayReport>;
  /** Throws `not_found`. */
  explain(decisionId: string, context: AdminContext): Promise<Explanation>;
  /** Throws `invalid_request` when the input does not fit its schema, `not_found`, `conflict`. */
  evaluate(command: EvaluateCommand, context: AdminContext): Promise<EvaluationReport>;
  /** Throws `not_found`, `conflict`. */
  diff(from: string, to: string, context: AdminContext): Promise<BundleDifference>;
  tighten(command: TightenCommand, context: AdminContext): Promise<TightenReport>;
  /** Throws `invalid_request`, `conflict`. */
  simulate(command: SimulateCommand, context: AdminContext): Promise<SimulationReport>;
}
