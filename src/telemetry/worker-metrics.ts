import type { WorkerMetrics } from '../domain/worker-ports.js';
import { asGiven, boundedLabel, type Instruments } from './instruments.js';

const JOB_BUCKETS = [0.001, 0.01, 0.1, 1, 10, 60];

/** Declares the metrics of the worker. */
export function workerMetrics(metric: Instruments): WorkerMetrics {
  const job = boundedLabel();
  const runs = metric.labelledHistogram<{ job: string; outcome: 'done' | 'failed' }>(
    'countersign_worker_job_duration_seconds',
    'Duration of runs of worker jobs; each run counts once, as done or failed.',
    { job, outcome: asGiven },
    JOB_BUCKETS,
  );
  const succeeded = metric.labelledGauge<{ job: string }>(
    'countersign_worker_job_last_success_timestamp_seconds',
    'Unix time of the end of the last run of a worker job that succeeded.',
    { job },
  );
  const irrevocable = metric.gauge(
    'countersign_webhooks_irrevocable',
    'Stored webhook deliveries that failed every attempt.',
  );
  return {
    jobEnded: ({ job: name, ok, seconds, endedAtMs }) => {
      runs.observe({ job: name, outcome: ok ? 'done' : 'failed' }, seconds);
      if (ok) succeeded.set({ job: name }, endedAtMs / 1000);
    },
    webhooksIrrevocable: (count) => {
      irrevocable.set(count);
    },
  };
}
