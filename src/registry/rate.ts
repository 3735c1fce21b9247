import type { AgentSpec, RateLimit } from '../domain/records.js';

/** The request budget of an agent without one in its record. */
export const DEFAULT_RATE: RateLimit = {
  per_minute: 300,
  burst: 60,
  resource_per_minute: 120,
  resource_burst: 30,
};

/** Returns an agent's request budget, with defaults for missing members. */
export function rateOf(spec: Pick<AgentSpec, 'rate'>): RateLimit {
  return { ...DEFAULT_RATE, ...spec.rate };
}
