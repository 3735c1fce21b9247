import type { BundleAdmission, ReplayGate } from '../../use-cases/policy/ports.js';
import type { AnalysisOperations } from '../../use-cases/policy/analysis.js';
import type { Config } from '../../config/config.js';
import { systemClock } from '../../domain/clock.js';
import { CountersignError, unavailable } from '../../domain/errors.js';
import { summaryOf } from '../../domain/policy-analysis.js';
import { createAdmission } from '../../policy/admission/admission.js';
import { PROPERTY_NAMES } from '../../policy/admission/properties/property.js';
import { verificationFor } from './verification.js';

const ALL_WARN = Object.fromEntries(PROPERTY_NAMES.map((name) => [name, 'warn' as const]));

/** The first bundle of a store has at least this long, so that a service also starts on a busy machine. */
const FIRST_DEADLINE_MS = 60_000;

/** Creates the configured admission: verifies each bundle and tries it under serving conditions. */
export function createBundleAdmission({ policy }: Config): BundleAdmission {
  const { inputs, deadlineMs } = policy.admission;
  const admission = createAdmission({
    bundle: { verification: verificationFor(policy) },
    entrypoint: policy.entrypoint,
    ...{ inputs, deadlineMs },
    ...(policy.admission.violations === 'warn' ? { properties: ALL_WARN } : {}),
  });
  return {
    admit: (archive, { highestSequence, allowUntested, samples, first }) =>
      admission.admit(archive, {
        ...{ highestSequence, samples },
        deadlineMs: first ? Math.max(deadlineMs, FIRST_DEADLINE_MS) : deadlineMs,
        untested: allowUntested ? 'warn' : 'refuse',
      }),
  };
}

/** Age of the decisions sampled before a bundle decides, in milliseconds. `policy replay` covers more. */
const GATE_SINCE_MS = 86_400_000;

/**
 * Creates the replay that every activation and every canary must pass.
 * `recordProblem` says why the store of this node is not the one that events are exported to. Such a store has nothing
 * to replay, which must not pass for a record without decisions; a coverage of 0 accepts it.
 */
export function createReplayGate(
  analysis: Pick<AnalysisOperations, 'replay'>,
  recordProblem: () => Promise<string | undefined>,
): ReplayGate {
  return {
    async replay({ digest: ref }, minCoverage, context) {
      const problem = minCoverage > 0 ? await recordProblem() : undefined;
      if (problem !== undefined) throw recordMissing(problem);
      const sinceMs = systemClock.nowMs() - GATE_SINCE_MS;
      const limit = Number.MAX_SAFE_INTEGER;
      const command = { ref, sinceMs, limit, sample: { minCoverage } };
      const { sample, ...report } = await analysis.replay(command, context);
      if (sample === undefined) throw unavailable('the replay has no sample');
      return { ...summaryOf(report, undefined), sample };
    },
  };
}

function recordMissing(problem: string): CountersignError {
  return new CountersignError('conflict', 'This node does not have the record to replay.', {
    problems: [{ pointer: '', message: problem }],
    hint: 'Ask a node that shares the audit store of the worker, or accept no coverage (--min-coverage 0).',
  });
}
