import type { AgentSpec, RateLimit } from '../domain/records.js';

/** What an agent may use when its record says nothing. */
export const DEFAULT_RATE: RateLimit = {
  per_minute: 300,
  burst: 60,
  resource_per_minute: 120,
  resource_burst: 30,
};

/** An agent's request budget, with defaults for what is not written. */
export function rateOf(spec: Pick<AgentSpec, 'rate'>): RateLimit {
  return { ...DEFAULT_RATE, ...spec.rate };
}
