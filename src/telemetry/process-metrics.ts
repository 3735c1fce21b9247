import { createMetrics, type Metrics } from './metrics.js';

let metrics: Metrics | undefined;

/** The metrics of this process: a service and a worker that share it are one page. */
export function processMetrics(): Metrics {
  metrics ??= createMetrics();
  return metrics;
}
