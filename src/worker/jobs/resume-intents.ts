import { drain, type PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

const ROUNDS = 20;

/** Resumes interrupted revocations and control writes in the shards that miss them. */
export function resumeIntentsJob(ports: Pick<JobPorts, 'intents'>): PeriodicJob {
  return {
    name: 'resume-intents',
    everyMs: 1_000,
    run: (stopping) => drain(() => ports.intents.resume(), ROUNDS, stopping),
  };
}
