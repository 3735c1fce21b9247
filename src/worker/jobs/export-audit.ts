import type { PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

/** Moves audit events to the store and queues their webhooks at once, including requested retries. */
export function exportAuditJob(
  ports: Pick<JobPorts, 'exportAudit'>,
  enqueuePending: () => Promise<number>,
): PeriodicJob {
  return {
    name: 'export-audit',
    everyMs: 500,
    run: async () => {
      const exported = await ports.exportAudit();
      if (exported > 0) await enqueuePending();
      return exported;
    },
  };
}
