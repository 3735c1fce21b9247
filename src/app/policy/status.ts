import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import type { AuditReads, ReadsInTurn } from '../../audit/reads.js';
import type { StatusOperations } from '../../use-cases/policy/status.js';
import type { Config } from '../../config/config.js';
import type { DecisionLogState } from '../../domain/decision-log.js';
import type { PolicyStatusSource } from '../../domain/opa-status.js';
import { unavailable } from '../../domain/errors.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { PolicyOptions } from './part.js';
import { decisionLogCounters, opaStatus } from '../../telemetry/opa-status.js';
import { BUNDLE_NAME } from './facts.js';

const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };

type StateReads = Pick<AuditReads, 'decisionLogState'>;

export interface StatusPart {
  readonly operations: StatusOperations;
  /** Updates the metrics from the status; call before each scrape. Never rejects. */
  refresh(): Promise<void>;
}

/**
 * Creates the status in OPA's shape, and OPA's metrics.
 * Sources are the known bundles and the worker's sink status.
 */
export function createStatusPart(
  config: Config,
  reader: StateReads & ReadsInTurn<StateReads>,
  source: PolicyStatusSource,
  metrics: Metrics,
): StatusPart {
  const labels = { ...config.decisionLog.labels, id: randomUUID(), version };
  const sinks = sinkNames(config);
  const states = async (
    reads: StateReads,
  ): Promise<Readonly<Record<string, DecisionLogState | undefined>>> =>
    Object.fromEntries(
      await Promise.all(
        sinks.map(async (sink) => [sink, await reads.decisionLogState(sink)] as const),
      ),
    );
  const read = async (reads: StateReads): ReturnType<StatusOperations['read']> => {
    try {
      const decisionLog = sinks.length === 0 ? undefined : await states(reads);
      return opaStatus({ labels, bundles: await source.bundles(), decisionLog });
    } catch (error) {
      throw unavailable('status', error);
    }
  };
  const update = async (): Promise<void> => {
    try {
      const now = await states(reader);
      metrics.decisionLog(now);
      metrics.opaStatus(await read(reader), sinks.length === 0 ? {} : decisionLogCounters(now));
    } catch {
      // Keeps the last known values: a scrape must not fail because the audit store is busy.
    }
  };
  let updating: Promise<void> | undefined;
  return {
    operations: { read: ({ principal }) => read(reader.of(principal)) },
    // Scrapes at one time share the reads, which take reserved places.
    refresh: () => (updating ??= update().finally(() => (updating = undefined))),
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

const NANOSECONDS = 1e6;

/** Returns callbacks that count bundles of this node in OPA's metrics. */
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
