import type { ReadinessReport } from '../domain/readiness.js';
import type { SinkState } from '../domain/worker-ports.js';
import { boundedLabel, type Instruments } from './instruments.js';
import { STAGE_BUCKETS } from './request-metrics.js';

/** Declares the metrics of Redis and of readiness. */
export function storeMetrics(metric: Instruments) {
  const name = boundedLabel();
  const scripts = metric.labelledHistogram<{ script: string }>(
    'countersign_redis_script_duration_seconds',
    'Round-trip time of one Redis script.',
    { script: name },
    STAGE_BUCKETS,
  );
  const failures = metric.labelledCounter<{ script: string }>(
    'countersign_redis_script_failures_total',
    'Failed Redis scripts.',
    { script: name },
  );
  const clock = metric.labelledCounter<{ doubt: string }>(
    'countersign_redis_clock_refusals_total',
    'Grants refused because of a clock, by doubt: skew or ahead.',
    { doubt: boundedLabel() },
  );
  const ready = metric.flag('countersign_ready', '1 when every readiness check passes.');
  const checks = metric.labelledGauge<{ check: string }>(
    'countersign_readiness_check',
    '1 when this check passes.',
    { check: boundedLabel() },
  );
  return {
    redisScript: (script: string, seconds: number, ok: boolean) => {
      scripts.observe({ script }, seconds);
      if (!ok) failures.inc({ script });
    },
    clockRefusal: (doubt: string) => {
      clock.inc({ doubt });
    },
    readiness: (report: ReadinessReport) => {
      ready.set(report.ready);
      for (const { name: check, ok } of report.checks) checks.set({ check }, ok ? 1 : 0);
    },
  };
}

/** Declares the metrics of the audit record. */
export function auditMetrics(metric: Instruments) {
  const sinks = metric.labelledGauge<{ sink: string }>(
    'countersign_audit_sink_failing',
    '1 while the sink of the audit record fails.',
    { sink: boundedLabel() },
  );
  return {
    auditLagEntries: metric.gauge(
      'countersign_audit_lag_entries',
      'Stream entries not in the store yet.',
    ),
    auditLagSeconds: metric.gauge(
      'countersign_audit_lag_seconds',
      'Age of the oldest unstored entry.',
    ),
    auditStoreLost: metric.flag(
      'countersign_audit_store_lost',
      '1 when the audit store is missing, replaced or lost to the worker.',
    ),
    auditSinks: (states: readonly SinkState[]) => {
      sinks.reset();
      for (const { sink, failure } of states) sinks.set({ sink }, failure === undefined ? 0 : 1);
    },
  };
}
