import type { GeneratedAgent } from '../generator/types.js';

/** What one detector, set up one way, says of a fleet: for each agent one score per event, larger is odder. */
export interface Variant {
  readonly detector: string;
  /** How it is set up; the best one by macro recall stands for the detector. */
  readonly setting: string;
  readonly scores: readonly Float32Array[];
}

/** Scores the events of a fleet in the order of time, once per setting. Yields them one by one, for the memory. */
export type Detector = (fleet: readonly GeneratedAgent[]) => Iterable<Variant>;
