import { FAULT_CLASSES, type FaultClass } from './fault.js';

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
