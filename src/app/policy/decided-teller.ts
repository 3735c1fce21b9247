import type { BundleDecisions } from '../../domain/policy-lifecycle.js';
import type { PolicyEngine } from '../../policy/serving/engine.js';
import type { Metrics } from '../../telemetry/metrics.js';

const SHORT_DIGEST = 12;

/** Returns a function that adds the answers since its last call to the metrics, by bundle and role. */
export function decidedTeller(
  engine: Pick<PolicyEngine, 'decided'>,
  metrics: Pick<Metrics, 'policyDecisions'>,
): () => void {
  let told = new Map<string, BundleDecisions>();
  const keyOf = ({ role, digest }: BundleDecisions): string => `${role} ${digest}`;
  return () => {
    const now = engine.decided();
    for (const one of now) {
      const { role, digest } = one;
      const bundle = digest.replace('sha256:', '').slice(0, SHORT_DIGEST);
      const before = told.get(keyOf(one));
      const tell = (outcome: string, count: number): void => {
        if (count > 0) metrics.policyDecisions.inc({ bundle, role, outcome }, count);
      };
      tell('answer', one.decisions - (before?.decisions ?? 0));
      tell('error', one.errors - (before?.errors ?? 0));
    }
    told = new Map(now.map((one) => [keyOf(one), one]));
  };
}
