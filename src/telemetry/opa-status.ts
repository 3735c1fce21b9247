import type { DecisionLogState } from '../domain/decision-log.js';
import type {
  BundleFacts,
  OpaBundleStatus,
  OpaDecisionLogsStatus,
  OpaPluginStatus,
  OpaStatus,
} from '../domain/opa-status.js';

/** Go's zero time. */
const NEVER = '0001-01-01T00:00:00Z';

export interface OpaStatusParts {
  readonly labels: Readonly<Record<string, string>>;
  readonly bundles: readonly BundleFacts[];
  /** State by sink; undefined without a decision log. A sink without writes has no state. */
  readonly decisionLog: Readonly<Record<string, DecisionLogState | undefined>> | undefined;
}

/** Returns the document of OPA's status API. */
export function opaStatus({ labels, bundles, decisionLog }: OpaStatusParts): OpaStatus {
  return {
    labels,
    bundles: Object.fromEntries(bundles.map((facts) => [facts.name, bundleStatus(facts)])),
    ...(decisionLog === undefined ? {} : { decision_logs: decisionLogsStatus(decisionLog) }),
    plugins: {
      bundle: bundlePlugin(bundles),
      ...(decisionLog === undefined ? {} : { decision_logs: decisionLogPlugin(decisionLog) }),
      status: { state: 'OK' },
    },
  };
}

function bundleStatus(facts: BundleFacts): OpaBundleStatus {
  const { activeRevision, sizeBytes, failure, metrics } = facts;
  return {
    name: facts.name,
    ...(activeRevision === undefined ? {} : { active_revision: activeRevision }),
    last_successful_activation: timeOf(facts.activatedAtMs),
    type: 'snapshot',
    ...(sizeBytes === undefined ? {} : { size: sizeBytes }),
    last_successful_download: timeOf(facts.downloadedAtMs),
    last_successful_request: timeOf(facts.answeredAtMs),
    last_request: timeOf(facts.requestedAtMs),
    ...(failure === undefined ? {} : failureOf(failure)),
    ...(metrics === undefined ? {} : { metrics }),
  };
}

function failureOf(failure: NonNullable<BundleFacts['failure']>): Partial<OpaBundleStatus> {
  const { message, problems = [], httpCode } = failure;
  const errors = problems.map((problem) => ({ code: 'bundle_error', message: problem }));
  return {
    code: 'bundle_error',
    message,
    ...(errors.length === 0 ? {} : { errors }),
    ...(httpCode === undefined ? {} : { http_code: httpCode }),
  };
}

function timeOf(ms: number | undefined): string {
  return ms === undefined ? NEVER : new Date(ms).toISOString();
}

/** Returns the state of the bundle plugin: ready with an active bundle, and OK when a newer one fails. */
function bundlePlugin(bundles: readonly BundleFacts[]): OpaPluginStatus {
  const active = bundles.length > 0 && bundles.every((facts) => facts.activeRevision !== undefined);
  return { state: active ? 'OK' : 'NOT_READY' };
}

type Sinks = Readonly<Record<string, DecisionLogState | undefined>>;

function decisionLogsStatus(sinks: Sinks): OpaDecisionLogsStatus {
  const [failing] = failuresOf(sinks);
  const httpCode = failing?.failure.http_code;
  return {
    ...(failing === undefined
      ? {}
      : { code: 'decision_log_error', message: `${failing.sink}: ${failing.failure.message}` }),
    ...(httpCode === undefined ? {} : { http_code: httpCode }),
    metrics: Object.fromEntries(
      Object.entries(decisionLogCounters(sinks)).map(([name, value]) => [`counter_${name}`, value]),
    ),
  };
}

function decisionLogPlugin(sinks: Sinks): OpaPluginStatus {
  if (Object.values(sinks).every((state) => state === undefined)) return { state: 'NOT_READY' };
  const [failing] = failuresOf(sinks);
  if (failing === undefined) return { state: 'OK' };
  return { state: 'WARN', message: `${failing.sink}: ${failing.failure.message}` };
}

function failuresOf(sinks: Sinks): {
  readonly sink: string;
  readonly failure: NonNullable<DecisionLogState['failure']>;
}[] {
  return Object.entries(sinks).flatMap(([sink, state]) =>
    state?.failure === undefined ? [] : [{ sink, failure: state.failure }],
  );
}

/**
 * Returns the counters of OPA's decision log plugin, taken from the `http` sink, plus three that OPA does not have.
 */
export function decisionLogCounters({ http }: Sinks): Readonly<Record<string, number>> {
  if (http === undefined) return {};
  return {
    decision_logs_chunks_uploaded: http.chunks_sent,
    decision_logs_chunks_upload_failed: http.chunks_failed,
    decision_logs_dropped_buffer_size_limit_bytes_exceeded: http.lost_overflow,
    decision_logs_encoding_failure: http.lost_too_large,
    enc_log_exceeded_upload_size_limit_bytes: http.cut_to_fit + http.lost_too_large,
    decision_logs_dropped_by_rule: http.dropped_by_rule,
    decision_logs_mask_errors: http.mask_errors,
    decision_logs_drop_errors: http.drop_errors,
  };
}
