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

/** Which decisions to replay. Times in milliseconds since the Unix epoch. */
export interface ReplayCommand {
  /** Digest, prefix of it, or revision of the candidate. */
  readonly ref: string;
  readonly sinceMs: number;
  readonly untilMs?: number;
  /** At most so many, the newest. */
  readonly limit: number;
  readonly agentId?: string;
}

export interface EvaluateCommand {
  /** The active bundle unless given. */
  readonly ref?: string;
  readonly input: unknown;
}

export interface TightenCommand {
  readonly sinceMs: number;
  readonly agentId?: string;
}

/** What can be learnt from decisions that were recorded, and of bundles that are stored. Nothing here decides. */
export interface AnalysisOperations {
  /** Keeps the summary with the bundle. Throws `not_found`, `conflict`. */
  replay(command: ReplayCommand, context: AdminContext): Promise<ReplayReport>;
  /** Throws `not_found`. */
  explain(decisionId: string): Promise<Explanation>;
  /** Throws `invalid_request` when the input does not fit its schema, `not_found`, `conflict`. */
  evaluate(command: EvaluateCommand): Promise<EvaluationReport>;
  /** Throws `not_found`, `conflict`. */
  diff(from: string, to: string): Promise<BundleDifference>;
  tighten(command: TightenCommand): Promise<TightenReport>;
  /** Throws `invalid_request`, `conflict`. */
  simulate(command: SimulateCommand): Promise<SimulationReport>;
}
