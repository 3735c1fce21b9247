import { asGiven, boundedLabel, type Instruments } from './instruments.js';

/** `bundle` is the first 12 hex digits of the digest, `outcome` is `answer` or `error`. */
function policyDecisions(metric: Instruments) {
  return metric.labelledCounter<{ bundle: string; role: string; outcome: string }>(
    'countersign_policy_decisions_total',
    'Evaluations for an answer, by bundle and role.',
    { bundle: boundedLabel(), role: asGiven, outcome: asGiven },
  );
}

/** Declares the metrics of the policy engine of this node and of the active bundle. */
export function engineMetrics(metric: Instruments) {
  const revisions = metric.labelledGauge<{ revision: string }>(
    'countersign_policy_info',
    'The active bundle.',
    { revision: asGiven },
  );
  return {
    /** `kind` is the kind of failure of an evaluation. */
    engineFaults: metric.labelledCounter<{ kind: string }>(
      'countersign_engine_faults_total',
      'Evaluations that failed.',
      { kind: boundedLabel(16) },
    ),
    policyDecisions: policyDecisions(metric),
    engineReplacements: metric.counter(
      'countersign_engine_replacements_total',
      'Policy instances discarded after a fault.',
    ),
    engineMemoryBytes: metric.gauge(
      'countersign_engine_memory_bytes',
      'Linear memory of the policy instance.',
    ),
    breakerOpen: metric.flag(
      'countersign_engine_breaker_open',
      '1 while the circuit breaker is open.',
    ),
    engineRebuilds: metric.counter(
      'countersign_engine_rebuilds_total',
      'Policy instances given a new memory after a fault or a failed known-answer test.',
    ),
    knownAnswerMisses: metric.counter(
      'countersign_engine_known_answer_misses_total',
      'Known-answer tests that a policy instance failed.',
    ),
    knownAnswerFailing: metric.flag(
      'countersign_engine_known_answer_failing',
      '1 while the active bundle fails its known-answer test and nothing is decided.',
    ),
    activeBundleRefused: metric.flag(
      'countersign_policy_active_refused',
      '1 while admission would refuse the active bundle.',
    ),
    /** Sets the revision of the active bundle; the previous one is no longer exported. */
    policyRevision: (revision: string) => {
      revisions.reset();
      revisions.set({ revision }, 1);
    },
  };
}
