import { FAULT_CLASSES, type FaultClass } from './fault.js';
import type { LoadedBundle } from './loaded-bundle.js';

/** What the engine counts since it was made; gauges describe the active instance. */
export interface EngineCounters {
  readonly evaluations: number;
  readonly evaluationMicrosTotal: number;
  readonly faults: Readonly<Record<FaultClass, number>>;
  /** Evaluations whose result was not the contract and became a denial. */
  readonly resultsRefused: number;
  readonly instanceReplacements: number;
  readonly instanceRecycles: number;
  /** Instances given a new memory after a fault or a missed known answer. */
  readonly instanceRebuilds: number;
  readonly knownAnswerChecks: number;
  readonly knownAnswerMisses: number;
  readonly activations: number;
  readonly memoryBytes: number;
  readonly breakerOpen: boolean;
  /** The known answer of the active bundle missed twice in a row: nothing is decided. */
  readonly knownAnswerFailing: boolean;
  /** Why the active bundle would be refused if it came now; empty when it would not. */
  readonly activeRefusals: readonly string[];
}

/** All at zero. */
export function noFaults(): Record<FaultClass, number> {
  return Object.fromEntries(FAULT_CLASSES.map((name) => [name, 0])) as Record<FaultClass, number>;
}

/** What bundles counted, or counted before they were dropped. */
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

/** The counts of several bundles on top of `before`. */
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
