import { drain, forEachShard, type PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

const COUNTS_PER_CALL = 50;
const CALLS_PER_SHARD = 200;

/** Appends the events of refusals counted in past minutes. */
export function closeRefusalsJob(ports: Pick<JobPorts, 'refusals' | 'shards'>): PeriodicJob {
  return {
    name: 'close-refusals',
    everyMs: 1_000,
    run: (stopping) =>
      forEachShard(ports.shards, stopping, (shard) =>
        drain(() => ports.refusals.closeShard(shard, COUNTS_PER_CALL), CALLS_PER_SHARD, stopping),
      ),
  };
}
