import { createMetrics, type Metrics } from './metrics.js';

let metrics: Metrics | undefined;

/** Returns the metrics of this process, shared by a service and a worker in one process. */
export function processMetrics(): Metrics {
  metrics ??= createMetrics();
  return metrics;
}
