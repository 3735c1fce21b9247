import type { PeriodicJob } from '../periodic-job.js';

/**
 * Carries out retry requests and queues pending deliveries without a job.
 * It thereby recovers from a lost queue.
 */
export function requeueDeliveriesJob(
  enqueuePending: (stopping: AbortSignal) => Promise<number>,
): PeriodicJob {
  return { name: 'requeue-deliveries', everyMs: 10_000, run: enqueuePending };
}
