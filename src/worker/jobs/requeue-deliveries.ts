import type { PeriodicJob } from '../periodic-job.js';

/** Queues pending deliveries again that have no job: after a retry by an operator, or a queue that was lost. */
export function requeueDeliveriesJob(enqueuePending: () => Promise<number>): PeriodicJob {
  return { name: 'requeue-deliveries', everyMs: 10_000, run: enqueuePending };
}
