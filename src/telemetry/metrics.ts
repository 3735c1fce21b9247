import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Stage } from '../use-cases/ports.js';
import type { BudgetName } from '../domain/budget.js';
import type { HttpObservation } from '../domain/http-observation.js';
import type { Effect } from '../domain/policy.js';
import type { IntrospectionVerdict } from '../domain/ports.js';
import type { ReadinessReport } from '../domain/readiness.js';
import type { WorkerMetrics } from '../domain/worker-ports.js';
import { createLogMetrics, type LogMetrics } from './log-metrics.js';
import type { RevocationDimension } from '../domain/revocation.js';
import { createSoundnessMetrics, type SoundnessMetrics } from './soundness-metrics.js';
import { createSignalMetrics, type SignalMetrics } from './signal-metrics.js';
import { createWorkerMetrics } from './worker-metrics.js';
import { createOpaMetrics, type OpaMetrics } from './opa-metrics.js';

/** The exported part of an observation. */
type RequestDuration = Omit<HttpObservation, 'requestId' | 'source' | 'error'>;

/** Records metrics. No label is ever an id, an address or another value chosen by a caller. */
export interface Metrics
  extends OpaMetrics, SignalMetrics, LogMetrics, SoundnessMetrics, WorkerMetrics {
  httpRequest(observation: RequestDuration): void;
  stage(stage: Stage, seconds: number): void;
  decision(effect: Effect | 'rate_limited'): void;
  /** Counts a request refused because of an empty budget. */
  rateLimited(bucket: BudgetName | 'evaluation'): void;
  /** Counts an answer with this error code (`invalid_client`, `temporarily_unavailable`, …). */
  refusal(code: string): void;
  introspection(verdict: IntrospectionVerdict['why'] | 'not_ours' | 'audience'): void;
  revocation(by: RevocationDimension): void;
  /** Counts a failed evaluation, by kind of failure. */
  engineFault(kind: string): void;
  engineReplaced(): void;
  engineMemoryBytes(bytes: number): void;
  breakerOpen(open: boolean): void;
  /** Sets the revision of the active bundle; the previous one is no longer exported. */
  policyRevision(revision: string): void;
  redisScript(script: string, seconds: number, ok: boolean): void;
  /** Sets the number of stream entries not in the audit store yet, and the age of the oldest. */
  auditLag(entries: number, seconds: number): void;
  /** Sets the flag for an audit store that is missing, replaced or lost to the worker. */
  auditStoreLost(lost: boolean): void;
  readiness(report: ReadinessReport): void;
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const REQUEST_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const STAGE_BUCKETS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1];
/** Maximum distinct values of a label; further ones become `other`. */
const MAX_VALUES = 64;

/** OPA's names of the routes that it also has, in its metrics. */
const OPA_HANDLERS: Readonly<Record<string, string>> = { getStatus: 'v1/status' };
const METHODS = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'options']);

/** Returns the method in lower case, as in OPA; bounded, since a caller may send any text. */
function methodOf(method: string): string {
  const known = method.toLowerCase();
  return METHODS.has(known) ? known : 'other';
}

export interface MetricsOptions {
  /** Includes process metrics: memory, CPU, event loop, garbage collection. */
  readonly processMetrics?: boolean;
}

export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  return {
    ...requestMetrics(registry),
    ...engineMetrics(registry),
    ...backgroundMetrics(registry),
    ...createOpaMetrics(registry),
    ...createLogMetrics(registry),
    ...createSignalMetrics(registry, boundedLabel),
    ...createSoundnessMetrics(registry),
    ...createWorkerMetrics(registry, boundedLabel),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

/** Returns a function that bounds the distinct values of a label. */
export function boundedLabel(max = MAX_VALUES): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= max) return 'other';
    seen.add(value);
    return value;
  };
}

function counter<T extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly T[],
): Counter<T> {
  return new Counter({ name: `countersign_${name}`, help, labelNames, registers: [registry] });
}

function gauge<T extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly T[] = [],
): Gauge<T> {
  return new Gauge({ name: `countersign_${name}`, help, labelNames, registers: [registry] });
}

function histogram<T extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly T[],
  buckets: number[],
): Histogram<T> {
  return new Histogram({ name, help, labelNames, buckets, registers: [registry] });
}

type RequestMetrics = Pick<Metrics, 'httpRequest' | 'stage'> & OutcomeMetrics;

function requestMetrics(registry: Registry): RequestMetrics {
  const http = histogram(
    registry,
    'http_request_duration_seconds',
    'Time from the headers of a request to the end of its answer.',
    ['code', 'handler', 'method', 'listener'],
    REQUEST_BUCKETS,
  );
  const stages = histogram(
    registry,
    'countersign_stage_duration_seconds',
    'Duration of one stage of a token request.',
    ['stage'],
    STAGE_BUCKETS,
  );
  const bounded = boundedLabel();
  const handler = (route: string): string => OPA_HANDLERS[route] ?? bounded(route);
  return {
    ...outcomeMetrics(registry),
    httpRequest: ({ listener, route, method, status, durationMs }) => {
      // OPA's labels, plus the listener.
      const labels = { code: String(status), handler: handler(route), method: methodOf(method) };
      http.observe({ ...labels, listener }, durationMs / 1000);
    },
    stage: (stage, seconds) => {
      stages.observe({ stage }, seconds);
    },
  };
}

type OutcomeMetrics = Pick<
  Metrics,
  'decision' | 'rateLimited' | 'refusal' | 'introspection' | 'revocation'
>;

function outcomeMetrics(registry: Registry): OutcomeMetrics {
  const decisions = counter(registry, 'decisions_total', 'Decisions by effect.', ['effect']);
  const limited = counter(
    registry,
    'rate_limited_total',
    'Requests refused, by exhausted budget.',
    ['bucket'],
  );
  const refusals = counter(registry, 'refusals_total', 'Answers by error code.', ['code']);
  const introspections = counter(
    registry,
    'introspections_total',
    'Introspections by verdict; the answer never gives the reason.',
    ['verdict'],
  );
  const revocations = counter(registry, 'revocations_total', 'Revocations by dimension.', ['by']);
  const code = boundedLabel();
  return {
    decision: (effect) => {
      decisions.inc({ effect });
    },
    rateLimited: (bucket) => {
      limited.inc({ bucket });
    },
    refusal: (value) => {
      refusals.inc({ code: code(value) });
    },
    introspection: (verdict) => {
      introspections.inc({ verdict });
    },
    revocation: (by) => {
      revocations.inc({ by });
    },
  };
}

type EngineMetrics = Pick<
  Metrics,
  'engineFault' | 'engineReplaced' | 'engineMemoryBytes' | 'breakerOpen' | 'policyRevision'
>;

function engineMetrics(registry: Registry): EngineMetrics {
  const faults = counter(registry, 'engine_faults_total', 'Evaluations that failed.', ['kind']);
  const replaced = counter(
    registry,
    'engine_replacements_total',
    'Policy instances discarded after a fault.',
    [],
  );
  const memory = gauge(registry, 'engine_memory_bytes', 'Linear memory of the policy instance.');
  const breaker = gauge(registry, 'engine_breaker_open', '1 while the circuit breaker is open.');
  const revisions = gauge(registry, 'policy_info', 'The active bundle.', ['revision']);
  const kind = boundedLabel(16);
  return {
    engineFault: (value) => {
      faults.inc({ kind: kind(value) });
    },
    engineReplaced: () => {
      replaced.inc();
    },
    engineMemoryBytes: (bytes) => {
      memory.set(bytes);
    },
    breakerOpen: (open) => {
      breaker.set(open ? 1 : 0);
    },
    policyRevision: (revision) => {
      revisions.reset();
      revisions.set({ revision }, 1);
    },
  };
}

type BackgroundMetrics = Pick<Metrics, 'redisScript' | 'auditLag' | 'auditStoreLost' | 'readiness'>;

type AuditMetrics = Pick<Metrics, 'auditLag' | 'auditStoreLost'>;

function auditMetrics(registry: Registry): AuditMetrics {
  const lagEntries = gauge(registry, 'audit_lag_entries', 'Stream entries not in the store yet.');
  const lagSeconds = gauge(registry, 'audit_lag_seconds', 'Age of the oldest unstored entry.');
  const storeLost = gauge(
    registry,
    'audit_store_lost',
    '1 when the audit store is missing, replaced or lost to the worker.',
  );
  return {
    auditLag: (entries, seconds) => {
      lagEntries.set(entries);
      lagSeconds.set(seconds);
    },
    auditStoreLost: (lost) => {
      storeLost.set(lost ? 1 : 0);
    },
  };
}

function backgroundMetrics(registry: Registry): BackgroundMetrics {
  const scripts = histogram(
    registry,
    'countersign_redis_script_duration_seconds',
    'Round-trip time of one Redis script.',
    ['script'],
    STAGE_BUCKETS,
  );
  const failures = counter(registry, 'redis_script_failures_total', 'Failed Redis scripts.', [
    'script',
  ]);
  const ready = gauge(registry, 'ready', '1 when every readiness check passes.');
  const checks = gauge(registry, 'readiness_check', '1 when this check passes.', ['check']);
  const script = boundedLabel();
  const check = boundedLabel();
  return {
    redisScript: (name, seconds, ok) => {
      scripts.observe({ script: script(name) }, seconds);
      if (!ok) failures.inc({ script: script(name) });
    },
    ...auditMetrics(registry),
    readiness: (report) => {
      ready.set(report.ready ? 1 : 0);
      for (const { name, ok } of report.checks) checks.set({ check: check(name) }, ok ? 1 : 0);
    },
  };
}
