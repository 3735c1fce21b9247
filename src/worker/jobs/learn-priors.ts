import type { PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

/** Learns what is usual for each class of agents, for those that are new. */
export function learnPriorsJob(ports: Pick<JobPorts, 'learnPriors'>): PeriodicJob {
  return { name: 'learn-priors', everyMs: 3_600_000, run: () => ports.learnPriors() };
}
