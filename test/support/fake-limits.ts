import type { LimitsOperations, LimitsView } from '../../src/use-cases/admin/limits.js';
import type { Answer } from './fake-policy.js';

export const LIMITS: LimitsView = {
  version: 3,
  source: 'api',
  limits: {
    owner: { per_minute: 600, burst: 60 },
    owners: { 'Acme, Inc.': { per_minute: 60, burst: 6 } },
    cost: { high: 4 },
  },
  cost: { low: 1, medium: 1, high: 4, critical: 5 },
  configured: {
    owners: {},
    global: { per_minute: 6000, burst: 600 },
    cost: { low: 1, medium: 1, high: 2, critical: 5 },
  },
};

/** What the limits routes call; it remembers what it was asked. */
export function fakeLimits(answer: Answer, shown: () => LimitsView): LimitsOperations {
  return {
    show: () => answer('limits.show', shown()),
    put: (limits, version, reason, context) =>
      answer('limits.put', LIMITS, limits, version, reason, context),
    reset: (context) => answer('limits.reset', LIMITS, context),
  };
}
