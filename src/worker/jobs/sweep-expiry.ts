import { drain, forEachShard, type PeriodicJob } from '../periodic-job.js';
import type { JobPorts } from '../ports.js';

const TOKENS_PER_CALL = 500;
const CALLS_PER_SHARD = 20;

/** Records the expiry of tokens, shard by shard, and removes their state. */
export function sweepExpiryJob(ports: Pick<JobPorts, 'expiry' | 'shards'>): PeriodicJob {
  return {
    name: 'sweep-expiry',
    everyMs: 1_000,
    run: (stopping) =>
      forEachShard(ports.shards, stopping, (shard) =>
        drain(() => ports.expiry.sweepShard(shard, TOKENS_PER_CALL), CALLS_PER_SHARD, stopping),
      ),
  };
}
