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

/** Returns every shard with a clock in doubt, by the rule of the scripts that grant. Throws 503. */
export async function readDoubtedShards(context: StoreContext): Promise<readonly DoubtedShard[]> {
  const shards = Array.from({ length: context.shards }, (_, shard) => shard);
  const names: readonly StreamName[] = ['control', ...shards];
  const found = await Promise.all(names.map((name) => doubtOf(context, name)));
  return found.filter((doubted) => doubted !== undefined);
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
