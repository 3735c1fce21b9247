import type {
  BundleDifference,
  EvaluationReport,
  Explanation,
  ReplayReport,
  TightenReport,
} from '../../domain/policy-analysis.js';
import type { RecordedDecision } from '../../domain/policy-lifecycle.js';
import type { PolicyInput } from '../../domain/policy.js';
import type { SimulationOptions, SimulationReport } from '../../domain/simulation.js';
import type { OpaBinary } from '../../policy/runners/opa.js';
import type { SampleCommand } from '../../use-cases/policy/analysis.js';
import type { StoredArchive } from '../../use-cases/policy/replay.js';

interface Common {
  readonly entrypoint: string;
  /** Path of the audit store's file. */
  readonly storePath: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly limit: number;
  readonly agentId?: string;
  /** Keys that may have produced masked values. */
  readonly maskKeys: readonly Uint8Array[];
}

/** Input of the analysis thread, passed by structured clone. */
export type AnalysisTask =
  | (Common & {
      readonly task: 'replay';
      readonly candidate: Uint8Array;
      readonly baselines: readonly StoredArchive[];
      readonly budgetMs: number;
      readonly nowMs: number;
      readonly sample?: SampleCommand;
    })
  | (Common & {
      readonly task: 'diff';
      readonly from: Uint8Array;
      readonly to: Uint8Array;
    })
  | (Common & { readonly task: 'tighten'; readonly bundle: Uint8Array })
  | (SimulationOptions & {
      readonly task: 'simulate';
      readonly storePath: string;
      readonly only?: readonly string[];
      readonly budgetMs: number;
    })
  | {
      /** Inputs of recorded decisions, of as many strata as the limit allows. */
      readonly task: 'inputs';
      readonly storePath: string;
      readonly sinceMs: number;
      readonly untilMs: number;
      readonly limit: number;
    }
  | {
      readonly task: 'evaluate';
      readonly entrypoint: string;
      readonly bundle: Uint8Array;
      readonly input: PolicyInput;
    }
  | {
      readonly task: 'explain';
      readonly entrypoint: string;
      readonly decision: RecordedDecision;
      /** Absent when it is not stored. */
      readonly bundle?: Uint8Array;
      readonly maskKeys: readonly Uint8Array[];
      /** Traces the evaluation; absent when this machine has none. */
      readonly opa?: OpaBinary;
    };

export interface AnalysisAnswers {
  readonly replay: ReplayReport;
  readonly evaluate: EvaluationReport;
  readonly inputs: readonly PolicyInput[];
  readonly explain: Explanation;
  readonly diff: BundleDifference;
  readonly tighten: TightenReport;
  readonly simulate: SimulationReport;
}

/** An answer of the thread. A bundle that cannot be loaded is an answer, not a failure of the thread. */
export type AnalysisAnswer<Name extends keyof AnalysisAnswers> =
  | { readonly ok: true; readonly value: AnalysisAnswers[Name] }
  | { readonly ok: false; readonly problems: readonly string[] };
