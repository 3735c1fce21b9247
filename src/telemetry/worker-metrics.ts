import { Gauge, Histogram, type Registry } from 'prom-client';
import type { WorkerMetrics } from '../domain/worker-ports.js';

const JOB_BUCKETS = [0.001, 0.01, 0.1, 1, 10, 60];

export function createWorkerMetrics(
  registry: Registry,
  boundedLabel: () => (value: string) => string,
): WorkerMetrics {
  const registers = [registry];
  const runs = new Histogram({
    name: 'countersign_worker_job_duration_seconds',
    help: 'Duration of runs of worker jobs; each run counts once, as done or failed.',
    labelNames: ['job', 'outcome'],
    buckets: JOB_BUCKETS,
    registers,
  });
  const succeeded = new Gauge({
    name: 'countersign_worker_job_last_success_timestamp_seconds',
    help: 'Unix time of the end of the last run of a worker job that succeeded.',
    labelNames: ['job'],
    registers,
  });
  const irrevocable = new Gauge({
    name: 'countersign_webhooks_irrevocable',
    help: 'Stored webhook deliveries that failed every attempt.',
    registers,
  });
  const label = boundedLabel();
  return {
    jobEnded: ({ job: name, ok, seconds, endedAtMs }) => {
      const job = label(name);
      runs.observe({ job, outcome: ok ? 'done' : 'failed' }, seconds);
      if (ok) succeeded.set({ job }, endedAtMs / 1000);
    },
    webhooksIrrevocable: (count) => {
      irrevocable.set(count);
    },
  };
}
