import type { PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

/** Prunes the audit store by age and size, and says so when what still reads it holds it above its size. */
export function pruneAuditJob(ports: Pick<JobPorts, 'pruneAudit' | 'logger'>): PeriodicJob {
  return {
    name: 'prune-audit',
    everyMs: 60_000,
    run: async () => {
      const { pruned, excessBytes } = await ports.pruneAudit();
      if (pruned.length > 0) ports.logger.info({ pruned }, 'audit events pruned');
      if (excessBytes > 0) {
        ports.logger.warn(
          { excessBytes },
          'audit store above its size; what is left is read by a replay or a sink, or goes by age alone',
        );
      }
      return pruned.reduce((sum, { events }) => sum + events, 0);
    },
  };
}
