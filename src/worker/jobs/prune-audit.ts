import type { PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

/** Prunes the audit store by age and size; warns when active readers keep it above its size limit. */
export function pruneAuditJob(ports: Pick<JobPorts, 'pruneAudit' | 'logger'>): PeriodicJob {
  return {
    name: 'prune-audit',
    everyMs: 60_000,
    run: async (stopping) => {
      const { pruned, excessBytes } = await ports.pruneAudit(stopping);
      if (pruned.length > 0) ports.logger.info({ pruned }, 'audit events pruned');
      if (excessBytes > 0) {
        ports.logger.warn(
          { excessBytes },
          'audit store above its size limit; the rest is in use by a replay or sink, or pruned by age only',
        );
      }
      return pruned.reduce((sum, { events }) => sum + events, 0);
    },
  };
}
