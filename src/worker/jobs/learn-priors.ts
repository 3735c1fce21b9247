import type { PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

/** Learns the prior of each agent class, which applies to new agents. */
export function learnPriorsJob(ports: Pick<JobPorts, 'learnPriors'>): PeriodicJob {
  return {
    name: 'learn-priors',
    everyMs: 3_600_000,
    run: (stopping) => ports.learnPriors(stopping),
  };
}
