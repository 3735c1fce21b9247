import type { PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

/** Moves audit events to the store and queues their webhooks at once, including requested retries. */
export function exportAuditJob(
  ports: Pick<JobPorts, 'exportAudit'>,
  enqueuePending: (stopping: AbortSignal) => Promise<number>,
): PeriodicJob {
  return {
    name: 'export-audit',
    everyMs: 500,
    run: async (stopping) => {
      const exported = await ports.exportAudit(stopping);
      if (exported > 0) await enqueuePending(stopping);
      return exported;
    },
  };
}
