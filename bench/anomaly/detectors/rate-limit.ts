import { HOUR_MS, MINUTE_MS } from '../generator/parameters.js';
import type { GeneratedAgent } from '../generator/types.js';
import type { Detector } from './variant.js';

const WINDOWS = { minute: MINUTE_MS, hour: HOUR_MS } as const;

/** One limit for all agents: the score is what a sliding window holds, and the threshold is the limit. */
export const rateLimit: Detector = function* (fleet) {
  for (const [name, windowMs] of Object.entries(WINDOWS)) {
    const scores = fleet.map(({ events }) => windowCounts(events, windowMs));
    yield { detector: 'fixed rate limit', setting: `a ${name}`, scores };
  }
};

/** Requests in the window that ends with each event. */
export function windowCounts(events: GeneratedAgent['events'], windowMs: number): Float32Array {
  const scores = new Float32Array(events.length);
  let first = 0;
  events.forEach(({ atMs }, at) => {
    while ((events[first]?.atMs ?? Infinity) <= atMs - windowMs) first++;
    scores[at] = at - first + 1;
  });
  return scores;
}
