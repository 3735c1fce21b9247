import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import type { AuditReader } from '../../audit/reader.js';
import type { StatusOperations } from '../../use-cases/policy/status.js';
import type { Config } from '../../config/config.js';
import type { DecisionLogState } from '../../domain/decision-log.js';
import type { BundleFacts, PolicyStatusSource } from '../../domain/opa-status.js';
import { unavailable } from '../../domain/errors.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { PolicyDocument } from '../../domain/policy-lifecycle.js';
import type { SourceStatus } from '../../policy/source/source.js';
import type { PolicyOptions } from './part.js';
import { decisionLogCounters, opaStatus } from '../../telemetry/opa-status.js';

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

/** The name of the one bundle in the status, in metrics and in decision log events. */
export const BUNDLE_NAME = 'countersign';

export interface StatusPart {
  readonly operations: StatusOperations;
  /** Brings the metrics up to what the status says: before each scrape. Never rejects. */
  refresh(): Promise<void>;
}

/** The status in OPA's shape, and OPA's metrics, over what is known of bundles and what the worker wrote of its sinks. */
export function createStatusPart(
  config: Config,
  reader: Pick<AuditReader, 'decisionLogState'>,
  source: PolicyStatusSource,
  metrics: Metrics,
): StatusPart {
  const labels = { ...config.decisionLog.labels, id: randomUUID(), version };
  const sinks = sinkNames(config);
  const states = (): Readonly<Record<string, DecisionLogState | undefined>> =>
    Object.fromEntries(sinks.map((sink) => [sink, reader.decisionLogState(sink)]));
  const read: StatusOperations['read'] = async () => {
    try {
      const decisionLog = sinks.length === 0 ? undefined : states();
      return opaStatus({ labels, bundles: await source.bundles(), decisionLog });
    } catch (error) {
      throw unavailable('status', error);
    }
  };
  return {
    operations: { read },
    async refresh() {
      try {
        const now = states();
        metrics.decisionLog(now);
        metrics.opaStatus(await read(), sinks.length === 0 ? {} : decisionLogCounters(now));
      } catch {
        // The page shows what was known before: a scrape must not fail because the audit store is busy.
      }
    },
  };
}

function sinkNames({ decisionLog }: Config): readonly string[] {
  const { file, stdout, http } = decisionLog;
  return [
    ...(file === undefined ? [] : ['file']),
    ...(stdout ? ['stdout'] : []),
    ...(http === undefined ? [] : ['http']),
  ];
}

/** What is known of the bundle: of the one that decides, and of the source it is looked for in. */
export function factsOf(
  document: PolicyDocument | undefined,
  source: SourceStatus,
  refusal: string | undefined,
): BundleFacts {
  const { last_request_ms: requestedAtMs, last_error: error } = source;
  const failed = error?.message ?? refusal;
  return {
    name: BUNDLE_NAME,
    ...(document === undefined
      ? {}
      : { activeRevision: document.active.revision, activatedAtMs: document.active.since_ms }),
    ...known('downloadedAtMs', source.last_successful_download_ms),
    ...known('answeredAtMs', source.last_successful_request_ms),
    ...known('requestedAtMs', requestedAtMs),
    ...known('sizeBytes', source.size_bytes),
    ...(failed === undefined
      ? {}
      : { failure: { message: failed, ...known('httpCode', error?.http_code) } }),
  };
}

function known<Name extends string>(
  name: Name,
  value: number | undefined,
): Partial<Record<Name, number>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, number>);
}

const NANOSECONDS = 1e6;

/** What OPA counts of bundles, told by this node. */
export function bundleMetrics(
  metrics: Metrics,
): Required<Pick<PolicyOptions, 'onLoaded' | 'onRefused'>> {
  return {
    onLoaded: ({ opaVersion }, { readMs, prepareMs }) => {
      metrics.opaVersion(opaVersion);
      metrics.bundleLoaded(BUNDLE_NAME, {
        timer_bundle_request_ns: readMs * NANOSECONDS,
        timer_rego_module_compile_ns: prepareMs * NANOSECONDS,
        timer_rego_load_bundles_ns: (readMs + prepareMs) * NANOSECONDS,
      });
    },
    onRefused: (code) => {
      metrics.bundleFailed(BUNDLE_NAME, code);
    },
  };
}
