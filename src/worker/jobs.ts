import { closeRefusalsJob } from './jobs/close-refusals.js';
import { exportAuditJob } from './jobs/export-audit.js';
import { learnPriorsJob } from './jobs/learn-priors.js';
import { pruneAuditJob } from './jobs/prune-audit.js';
import { pruneRevocationsJob } from './jobs/prune-revocations.js';
import { requeueDeliveriesJob } from './jobs/requeue-deliveries.js';
import { resumeIntentsJob } from './jobs/resume-intents.js';
import { rotateKeysJob } from './jobs/rotate-keys.js';
import { sweepExpiryJob } from './jobs/sweep-expiry.js';
import type { PeriodicJob } from './periodic-job.js';
import type { JobPorts } from './ports.js';

/** Returns every periodic job; `enqueuePending` puts pending webhook deliveries into the queue. */
export function createJobs(
  ports: JobPorts,
  enqueuePending: (stopping: AbortSignal) => Promise<number>,
): readonly PeriodicJob[] {
  return [
    exportAuditJob(ports, enqueuePending),
    sweepExpiryJob(ports),
    closeRefusalsJob(ports),
    resumeIntentsJob(ports),
    pruneRevocationsJob(ports),
    pruneAuditJob(ports),
    rotateKeysJob(ports),
    learnPriorsJob(ports),
    requeueDeliveriesJob(enqueuePending),
  ];
}
