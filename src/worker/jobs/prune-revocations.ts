import { drain, forEachShard, type PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

const CALLS_PER_SHARD = 20;

/** Deletes revocations that cover no live token, and former audience holders beyond the retention. */
export function pruneRevocationsJob(ports: Pick<JobPorts, 'pruner' | 'shards'>): PeriodicJob {
  return {
    name: 'prune-revocations',
    everyMs: 60_000,
    async run(stopping) {
      await ports.pruner.pruneAudiences();
      return forEachShard(ports.shards, stopping, (shard) =>
        drain(() => ports.pruner.pruneShard(shard), CALLS_PER_SHARD, stopping),
      );
    },
  };
}
