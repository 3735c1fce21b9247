import { MINUTE_MS } from '../generator/parameters.js';
import type { GeneratedAgent } from '../generator/types.js';
import type { Detector } from './variant.js';

const CELL_MS = 10 * MINUTE_MS;
/** Weights of the newest cell: a memory of about an hour, three, eleven, a day and a half, and five days. */
const ALPHAS = [0.15, 0.05, 0.015, 0.005, 0.0015] as const;
/** Least deviation: below it, the first request after a quiet time would be infinitely odd. */
const VARIANCE_FLOORS = [0.05, 1] as const;

/** Requests in a cell of ten minutes in standard deviations above an exponentially weighted mean. */
export const ewma: Detector = function* (fleet) {
  for (const alpha of ALPHAS) {
    for (const floor of VARIANCE_FLOORS) {
      const scores = fleet.map(({ events }) => ewmaScores(events, alpha, floor));
      yield { detector: 'EWMA z-score', setting: `alpha ${alpha}, variance from ${floor}`, scores };
    }
  }
};

/** The z-score after each event: what its cell has counted so far, against the cells before it. */
export function ewmaScores(
  events: GeneratedAgent['events'],
  alpha: number,
  varianceFloor: number,
): Float32Array {
  const scores = new Float32Array(events.length);
  let [mean, variance, count] = [0, 0, 0];
  let cell = Math.floor((events[0]?.atMs ?? 0) / CELL_MS);
  const close = (requests: number): void => {
    const off = requests - mean;
    mean += alpha * off;
    variance = (1 - alpha) * (variance + alpha * off * off);
  };
  events.forEach(({ atMs }, at) => {
    const number = Math.floor(atMs / CELL_MS);
    for (; cell < number; cell++) {
      close(count);
      count = 0;
    }
    count++;
    scores[at] = Math.max(0, (count - mean) / Math.sqrt(Math.max(variance, varianceFloor)));
  });
  return scores;
}
