import type { SignalTerm } from '../../domain/signals.js';

/**
 * Returns the score without honey, by which the default policy steps up (`countersign.limits.unprovoked`).
 * A step-up by honey would tell an agent which scopes are honey (ADR 0032).
 */
export function unprovoked(anomaly: number, terms: readonly SignalTerm[]): number {
  const honey = terms.find(({ name }) => name === 'honey_60m')?.score ?? 0;
  if (honey <= 0) return anomaly;
  const rest = Math.max(0, anomaly / (1 - anomaly) - honey * honey);
  return rest / (rest + 1);
}
