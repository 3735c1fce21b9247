import type { PeriodicJob } from '../periodic-job.js';

/** Carries out what operators asked to retry, and queues pending deliveries that have no job: also after a queue was lost. */
export function requeueDeliveriesJob(enqueuePending: () => Promise<number>): PeriodicJob {
  return { name: 'requeue-deliveries', everyMs: 10_000, run: enqueuePending };
}
