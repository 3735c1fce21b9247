import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DecisionLogState } from '../domain/decision-log.js';
import type { OpaStatus } from '../domain/opa-status.js';
import type { Instruments } from './instruments.js';

/**
 * OPA's metrics with its names and labels, for existing dashboards.
 * Source: `v1/plugins/status/metrics.go`, OPA 1.22.
 */
export interface OpaMetrics {
  /** Sets the metrics of the status document, at a scrape. */
  opaStatus(status: OpaStatus, counters: Readonly<Record<string, number>>): void;
  /** Sets the progress of the decision log sinks; an absent sink is no longer exported. */
  decisionLog(sinks: Readonly<Record<string, DecisionLogState | undefined>>): void;
  /** Records the activation of a bundle, with stage durations in nanoseconds by OPA's names. */
  bundleLoaded(name: string, stages: Readonly<Record<string, number>>): void;
  /** Counts a failed activation. `message` is a label, so it has few values. */
  bundleFailed(name: string, message: string): void;
  /** Sets the OPA version that compiled the active bundle. */
  opaVersion(version: string): void;
}

/** `prometheus.ExponentialBuckets(1000, 2, 20)`. */
const STAGE_BUCKETS_NS = Array.from({ length: 20 }, (_, i) => 1000 * 2 ** i);
const NANOSECONDS = 1e6;

/** Declares OPA's metrics. Several have labels and values of one document, so the document is recorded as a whole. */
export function opaMetrics({ registry }: Instruments): OpaMetrics {
  const registers = [registry];
  const info = new Gauge({
    name: 'opa_info',
    help: 'OPA version that compiled the active bundle.',
    labelNames: ['version'],
    registers,
  });
  return {
    ...statusMetrics(registry),
    ...bundleMetrics(registry),
    ...decisionLogMetrics(registry),
    opaVersion: (version) => {
      info.reset();
      info.set({ version }, 1);
    },
  };
}

function gauge<T extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly T[],
): Gauge<T> {
  return new Gauge({ name, help, labelNames, registers: [registry] });
}

function statusMetrics(registry: Registry): Pick<OpaMetrics, 'opaStatus'> {
  const plugins = gauge(registry, 'plugin_status_gauge', 'Gauge for the plugin by status.', [
    'name',
    'status',
  ]);
  const log = gauge(
    registry,
    'decision_logs_status_gauge',
    'Gauge for the last decision log upload by status.',
    ['code', 'http_code'],
  );
  const bundles = bundleTimes(registry);
  const counters = new Map<string, Counter>();
  return {
    opaStatus: (status, values) => {
      plugins.reset();
      for (const [name, { state }] of Object.entries(status.plugins)) {
        plugins.set({ name, status: state }, 1);
      }
      log.reset();
      const { decision_logs: logs } = status;
      if (logs !== undefined) {
        log.set({ code: logs.code ?? '', http_code: String(logs.http_code ?? '') }, 1);
      }
      bundles(status);
      // The worker process stores these sums on disk; the metrics export the stored values.
      for (const [name, value] of Object.entries(values)) {
        const counter = counters.get(name) ?? counterOf(registry, name);
        counters.set(name, counter);
        counter.reset();
        counter.inc(value);
      }
    },
  };
}

function counterOf(registry: Registry, name: string): Counter {
  const help = `Counter for the decision logs metric ${name}.`;
  return new Counter({ name: `${name}_total`, help, registers: [registry] });
}

function bundleTimes(registry: Registry): (status: OpaStatus) => void {
  const activated = gauge(
    registry,
    'last_success_bundle_activation',
    'Gauge for the last success bundle activation.',
    ['name', 'active_revision'],
  );
  const times = {
    last_successful_download: 'last_success_bundle_download',
    last_successful_request: 'last_success_bundle_request',
    last_request: 'last_bundle_request',
  } as const;
  const gauges = Object.entries(times).map(([member, name]) => ({
    member: member as keyof typeof times,
    gauge: gauge(registry, name, `Gauge for ${member.replaceAll('_', ' ')} of a bundle.`, ['name']),
  }));
  return ({ bundles }) => {
    activated.reset();
    for (const bundle of Object.values(bundles)) {
      const { name, active_revision: revision = '' } = bundle;
      const at = nanoseconds(bundle.last_successful_activation);
      if (at !== undefined) activated.set({ name, active_revision: revision }, at);
      for (const { member, gauge: time } of gauges) {
        const value = nanoseconds(bundle[member]);
        if (value !== undefined) time.set({ name }, value);
      }
    }
  };
}

/** Returns nanoseconds since the Unix epoch; undefined for never. */
function nanoseconds(time: string): number | undefined {
  const ms = Date.parse(time);
  return ms > 0 ? ms * NANOSECONDS : undefined;
}

function bundleMetrics(registry: Registry): Pick<OpaMetrics, 'bundleLoaded' | 'bundleFailed'> {
  const registers = [registry];
  const loaded = new Counter({
    name: 'bundle_loaded_counter',
    help: 'Counter for the bundle loaded.',
    labelNames: ['name'],
    registers,
  });
  const failed = new Counter({
    name: 'bundle_failed_load_counter',
    help: 'Counter for the failed bundle load.',
    labelNames: ['name', 'code', 'message'],
    registers,
  });
  const stages = new Histogram({
    name: 'bundle_loading_duration_ns',
    help: 'Histogram for the bundle loading duration by stage.',
    labelNames: ['name', 'stage'],
    buckets: STAGE_BUCKETS_NS,
    registers,
  });
  return {
    bundleLoaded: (name, took) => {
      loaded.inc({ name });
      for (const [stage, ns] of Object.entries(took)) stages.observe({ name, stage }, ns);
    },
    bundleFailed: (name, message) => {
      failed.inc({ name, code: 'bundle_error', message });
    },
  };
}

function decisionLogMetrics(registry: Registry): Pick<OpaMetrics, 'decisionLog'> {
  const bytes = gauge(
    registry,
    'decision_logs_buffer_size_bytes',
    'Number of bytes of decisions that wait to be uploaded.',
    [],
  );
  const ours = (name: string, help: string): Gauge<'sink'> =>
    gauge(registry, `countersign_decision_log_${name}`, help, ['sink']);
  const waiting = ours('waiting_events', 'Decisions that were not delivered yet.');
  const waitingBytes = ours('waiting_bytes', 'Bytes of decisions that were not delivered yet.');
  const failing = ours('failing', '1 while the sink fails.');
  const oldest = ours('oldest_seconds', 'Age of the oldest decision that waits.');
  const events = new Counter({
    name: 'countersign_decision_log_events_total',
    help: 'Decisions by outcome of their delivery.',
    labelNames: ['sink', 'outcome'],
    registers: [registry],
  });
  return {
    decisionLog: (sinks) => {
      for (const metric of [bytes, waiting, waitingBytes, failing, oldest, events]) metric.reset();
      const known = Object.entries(sinks).flatMap(([sink, state]) =>
        state === undefined ? [] : [{ sink, state }],
      );
      if (known.length === 0) return;
      bytes.set(sinks['http']?.waiting_bytes ?? 0);
      for (const { sink, state } of known) {
        waiting.set({ sink }, state.waiting_events);
        waitingBytes.set({ sink }, state.waiting_bytes);
        failing.set({ sink }, state.failure === undefined ? 0 : 1);
        const { oldest_ms: oldestMs } = state;
        oldest.set({ sink }, oldestMs === undefined ? 0 : (Date.now() - oldestMs) / 1000);
        for (const [outcome, count] of Object.entries(outcomesOf(state))) {
          events.inc({ sink, outcome }, count);
        }
      }
    },
  };
}

function outcomesOf(state: DecisionLogState): Record<string, number> {
  const { sent, dropped_by_rule, lost_overflow, lost_too_large, mask_errors, drop_errors } = state;
  return { sent, dropped_by_rule, lost_overflow, lost_too_large, mask_errors, drop_errors };
}
