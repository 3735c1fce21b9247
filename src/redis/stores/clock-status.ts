import { within } from '../../domain/deadline.js';
import type { StreamName } from '../../domain/worker-ports.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply, type ClockDoubt } from '../scripts.js';

/** A shard, or the control slot, that grants nothing because of a clock. */
export interface DoubtedShard {
  readonly shard: StreamName;
  readonly doubt: ClockDoubt;
  /** `skew`: the clock of Redis minus this node's; `ahead`: the tick minus the clock of Redis. */
  readonly offMs: number;
}

/** The clocks of all shards and of the control slot, as far as they answered. */
export interface ClockStatus {
  readonly doubted: readonly DoubtedShard[];
  readonly unanswered: readonly StreamName[];
  /** The cause of the first of them. */
  readonly cause: unknown;
  /** Count of the shards and the control slot. */
  readonly slots: number;
}

/**
 * Returns every shard with a clock in doubt, by the rule of the scripts that grant, and those without an answer within
 * `limitMs`. Never throws.
 */
export async function readClocks(context: StoreContext, limitMs: number): Promise<ClockStatus> {
  const shards = Array.from({ length: context.shards }, (_, shard) => shard);
  const names: readonly StreamName[] = ['control', ...shards];
  // A deadline for each: a Cluster's primary that hangs must not hide the answers of the others.
  const asked = names.map((name) => within(limitMs, doubtOf(context, name)));
  const results = await Promise.allSettled(asked);
  const failed = results.filter((result) => result.status === 'rejected');
  return {
    doubted: results.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : [])),
    unanswered: names.filter((_, index) => results[index]?.status === 'rejected'),
    cause: rootOf(failed[0]?.reason),
    slots: names.length,
  };
}

/** Returns what a 503 wraps. */
function rootOf(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? error) : error;
}

async function doubtOf(
  { runner, keys }: StoreContext,
  shard: StreamName,
): Promise<DoubtedShard | undefined> {
  const reply = await runner.run('checkClock', [keys.meta(shard)], [runner.clockText()]);
  if (reply[0] === 'TRUSTED') return undefined;
  const [status, doubt, offMs] = reply;
  if (status !== 'DOUBTED' || (doubt !== 'skew' && doubt !== 'ahead')) {
    throw unexpectedReply('checkClock', reply);
  }
  return { shard, doubt, offMs: Number(offMs) };
}
