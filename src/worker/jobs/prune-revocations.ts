import { drain, forEachShard, type PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

const CALLS_PER_SHARD = 20;

/** Deletes revocations that no living token can be covered by, and forgets who had audiences before that. */
export function pruneRevocationsJob(ports: Pick<JobPorts, 'pruner' | 'shards'>): PeriodicJob {
  return {
    name: 'prune-revocations',
    everyMs: 60_000,
    async run() {
      await ports.pruner.pruneAudiences();
      return forEachShard(ports.shards, (shard) =>
        drain(() => ports.pruner.pruneShard(shard), CALLS_PER_SHARD),
      );
    },
  };
}
