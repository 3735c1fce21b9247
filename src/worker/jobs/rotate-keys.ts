import { drain, type PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

const STEPS = 10;

/** Takes the steps of key rotation that are due; one that was interrupted goes on from where it stood. */
export function rotateKeysJob(ports: Pick<JobPorts, 'rotateKeys'>): PeriodicJob {
  return {
    name: 'rotate-keys',
    everyMs: 1_000,
    run: () => drain(() => ports.rotateKeys(), STEPS),
  };
}
