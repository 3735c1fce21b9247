import type { ReplaySample } from '../../src/domain/replay-sample.js';

/** A sample that covers its period, with these members. */
export function sampledReplay(members: Partial<ReplaySample> = {}): ReplaySample {
  return {
    ...{ verdict: 'replayed', decisions: 60, replayable: 60, strata: 6, strata_replayed: 6 },
    ...{ strata_without_inputs: 0, complete: true, coverage: 1, min_coverage: 0.9 },
    ...{ new_grants: 0, least_covered: [], ...members },
  };
}
