import { drain, type PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

const STEPS = 10;

/** Takes the due steps of key rotation; an interrupted rotation resumes. */
export function rotateKeysJob(ports: Pick<JobPorts, 'rotateKeys'>): PeriodicJob {
  return {
    name: 'rotate-keys',
    everyMs: 1_000,
    run: (stopping) => drain(() => ports.rotateKeys(), STEPS, stopping),
  };
}
