import { collectDefaultMetrics, Registry } from 'prom-client';
import { engineMetrics } from './engine-metrics.js';
import { Instruments } from './instruments.js';
import { logMetrics } from './log-metrics.js';
import { opaMetrics } from './opa-metrics.js';
import { outcomeMetrics, requestMetrics } from './request-metrics.js';
import { signalMetrics } from './signal-metrics.js';
import { auditMetrics, storeMetrics } from './store-metrics.js';
import { workerMetrics } from './worker-metrics.js';

export interface MetricsOptions {
  /** Includes process metrics: memory, CPU, event loop, garbage collection. */
  readonly processMetrics?: boolean;
}

/** The metrics of a process. No label is ever an id, an address or another value chosen by a caller. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Declares every metric; a function records several metrics from one observation. */
export function createMetrics(options: MetricsOptions = {}) {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const metric = new Instruments(registry);
  return {
    ...requestMetrics(metric),
    ...outcomeMetrics(metric),
    ...engineMetrics(metric),
    ...storeMetrics(metric),
    ...auditMetrics(metric),
    ...opaMetrics(metric),
    ...logMetrics(metric),
    ...signalMetrics(metric),
    ...workerMetrics(metric),
    /** Returns the metrics in the Prometheus text format. */
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
