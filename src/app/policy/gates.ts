import type { BundleAdmission, ReplayGate } from '../../authorize/policy/ports.js';
import type { Config } from '../../config/config.js';
import { createAdmission } from '../../policy/admission/admission.js';
import { PROPERTY_NAMES } from '../../policy/admission/properties/property.js';
import { verificationFor } from './verification.js';

const ALL_WARN = Object.fromEntries(PROPERTY_NAMES.map((name) => [name, 'warn' as const]));

/** Admission as the service is configured: the bundle is verified and tried as it would serve. */
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

export function createReplayGate(): ReplayGate {
  return {
    replay: () =>
      Promise.resolve({
        ...{ at_ms: Date.now(), since_ms: 0, replayed: 0, unchanged: 0, not_replayable: 0 },
        changes: {},
      }),
  };
}
