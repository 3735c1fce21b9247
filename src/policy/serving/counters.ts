import { FAULT_CLASSES, type FaultClass } from './fault.js';
import type { LoadedBundle } from './loaded-bundle.js';

/** Counters of the engine since its creation; gauges describe the active instance. */
export interface EngineCounters {
  readonly evaluations: number;
  readonly evaluationMicrosTotal: number;
  readonly faults: Readonly<Record<FaultClass, number>>;
  /** Evaluations with a result outside the contract, which became a denial. */
  readonly resultsRefused: number;
  readonly instanceReplacements: number;
  readonly instanceRecycles: number;
  /** Instances given a new memory after a fault or a wrong known answer. */
  readonly instanceRebuilds: number;
  readonly knownAnswerChecks: number;
  readonly knownAnswerMisses: number;
  readonly activations: number;
  readonly memoryBytes: number;
  readonly breakerOpen: boolean;
  /** The known answer of the active bundle was wrong twice in a row, so no decisions are made. */
  readonly knownAnswerFailing: boolean;
  /** Reasons that would refuse the active bundle if it arrived now; empty when none. */
  readonly activeRefusals: readonly string[];
}

/** Returns counts of zero for every fault class. */
export function noFaults(): Record<FaultClass, number> {
  return Object.fromEntries(FAULT_CLASSES.map((name) => [name, 0])) as Record<FaultClass, number>;
}

/** Counts of loaded and of dropped bundles. */
type Sums = Pick<
  EngineCounters,
  | 'evaluations'
  | 'evaluationMicrosTotal'
  | 'resultsRefused'
  | 'instanceReplacements'
  | 'instanceRecycles'
  | 'instanceRebuilds'
  | 'knownAnswerChecks'
  | 'knownAnswerMisses'
>;

const NOTHING: Sums = {
  evaluations: 0,
  evaluationMicrosTotal: 0,
  resultsRefused: 0,
  instanceReplacements: 0,
  instanceRecycles: 0,
  instanceRebuilds: 0,
  knownAnswerChecks: 0,
  knownAnswerMisses: 0,
};

/** Adds the counts of several bundles to `before`. */
export function addUp(bundles: readonly LoadedBundle[], before: Sums = NOTHING): Sums {
  return bundles.reduce(
    (sums, { counts, instance, knownAnswer }) => ({
      evaluations: sums.evaluations + counts.evaluations,
      evaluationMicrosTotal: sums.evaluationMicrosTotal + counts.evaluationMicrosTotal,
      resultsRefused: sums.resultsRefused + counts.resultsRefused,
      instanceReplacements: sums.instanceReplacements + instance.replacements,
      instanceRecycles: sums.instanceRecycles + instance.recycles,
      instanceRebuilds: sums.instanceRebuilds + instance.rebuilds,
      knownAnswerChecks: sums.knownAnswerChecks + knownAnswer.checks,
      knownAnswerMisses: sums.knownAnswerMisses + knownAnswer.misses,
    }),
    before,
  );
}
