import { FAULT_CLASSES, type FaultClass } from './fault.js';
import type { LoadedBundle } from './serving/loaded-bundle.js';

/** What the engine counts since it was made; gauges describe the active instance. */
export interface EngineCounters {
  readonly evaluations: number;
  readonly evaluationMicrosTotal: number;
  readonly faults: Readonly<Record<FaultClass, number>>;
  /** Evaluations whose result was not the contract and became a denial. */
  readonly resultsRefused: number;
  readonly instanceReplacements: number;
  readonly instanceRecycles: number;
  readonly activations: number;
  readonly memoryBytes: number;
  readonly breakerOpen: boolean;
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
>;

const NOTHING: Sums = {
  evaluations: 0,
  evaluationMicrosTotal: 0,
  resultsRefused: 0,
  instanceReplacements: 0,
  instanceRecycles: 0,
};

/** The counts of several bundles on top of `before`. */
export function addUp(bundles: readonly LoadedBundle[], before: Sums = NOTHING): Sums {
  return bundles.reduce(
    (sums, { counts, instance }) => ({
      evaluations: sums.evaluations + counts.evaluations,
      evaluationMicrosTotal: sums.evaluationMicrosTotal + counts.evaluationMicrosTotal,
      resultsRefused: sums.resultsRefused + counts.resultsRefused,
      instanceReplacements: sums.instanceReplacements + instance.replacements,
      instanceRecycles: sums.instanceRecycles + instance.recycles,
    }),
    before,
  );
}
