import type { BundleAdmission, ReplayGate } from '../../use-cases/policy/ports.js';
import type { AnalysisOperations } from '../../use-cases/policy/analysis.js';
import type { Config } from '../../config/config.js';
import { systemClock } from '../../domain/clock.js';
import { summaryOf } from '../../domain/policy-analysis.js';
import { createAdmission } from '../../policy/admission/admission.js';
import { PROPERTY_NAMES } from '../../policy/admission/properties/property.js';
import { verificationFor } from './verification.js';

const ALL_WARN = Object.fromEntries(PROPERTY_NAMES.map((name) => [name, 'warn' as const]));

/** Creates the configured admission: verifies each bundle and tries it under serving conditions. */
export function createBundleAdmission({ policy }: Config): BundleAdmission {
  const admission = createAdmission({
    bundle: { verification: verificationFor(policy) },
    entrypoint: policy.entrypoint,
    ...{ inputs: policy.admission.inputs, deadlineMs: policy.admission.deadlineMs },
    ...(policy.admission.violations === 'warn' ? { properties: ALL_WARN } : {}),
  });
  return {
    admit: (archive, highestSequence) => admission.admit(archive, { highestSequence }),
  };
}

/**
 * Age of the decisions replayed before an activation, in milliseconds.
 * Replaying them takes under a second of one core. `policy replay` covers more.
 */
const GATE_SINCE_MS = 86_400_000;
const GATE_DECISIONS = 5000;

/** Creates the replay that every activation must pass. */
export function createReplayGate(analysis: Pick<AnalysisOperations, 'replay'>): ReplayGate {
  return {
    async replay({ digest: ref }, context) {
      const sinceMs = systemClock.nowMs() - GATE_SINCE_MS;
      const report = await analysis.replay({ ref, sinceMs, limit: GATE_DECISIONS }, context);
      return summaryOf(report, undefined);
    },
  };
}
