import { unavailable } from '../../domain/errors.js';
import {
  minutesOfCount,
  type OpenRefusalReader,
  type OpenRefusals,
  type RefusalCounter,
} from '../../domain/refusal.js';
import { REFUSAL_BUCKETS, type RefusalBucket } from '../../domain/budget.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { RefusalCloser } from '../../domain/worker-ports.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** Maximum number of counts in one read of a minute. */
const SHOWN = 200;

/** Creates the counter of refusals by agent, bucket and minute, in the agent's shard. */
export function createRefusalCounter({ runner, keys, shards }: StoreContext): RefusalCounter {
  return {
    async count(agentId, bucket, event, denied) {
      const shard = shardOfAgent(agentId, shards);
      const { honey_scopes: honey = 0, anomaly = 0, ...sample } = event;
      const signals = keys.signals(shard, agentId);
      const reply = await runner.run(
        'countRefusal',
        [...keysOf({ keys }, shard), signals],
        [
          runner.opening(),
          `${agentId} ${bucket}`,
          // The script adds its counts and the closing brace.
          eventText(sample).slice(0, -1),
          honey,
          JSON.stringify(anomaly),
          denied ? 1 : 0,
        ],
      );
      if (reply[0] !== 'COUNTED') throw unexpectedReply('countRefusal', reply);
      return { tickMs: Number(reply[1]), opened: reply[2] === 1 };
    },
  };
}

/** Creates the closer, which appends the events of counts from past minutes. */
export function createRefusalCloser({ runner, keys }: StoreContext): RefusalCloser {
  return {
    async closeShard(shard, limit) {
      // A shard without an open count costs one read.
      if ((await guarded(() => runner.client.zcard(keys.refusalMinutes(shard)))) === 0) return 0;
      const reply = await runner.run('closeRefusals', keysOf({ keys }, shard), [
        runner.opening(),
        limit,
      ]);
      if (reply[0] !== 'CLOSED') throw unexpectedReply('closeRefusals', reply);
      return Number(reply[1]);
    },
  };
}

/** Creates the reader of open counts. */
export function createOpenRefusalReader(context: StoreContext): OpenRefusalReader {
  const { runner, keys, shards } = context;
  return {
    ofAgent: (agentId) =>
      readOpen(
        context,
        shardOfAgent(agentId, shards),
        REFUSAL_BUCKETS.map((bucket) => `${agentId} ${bucket}`),
      ),
    ofDecision: async (shard, atMs) => {
      const { first, last } = minutesOfCount(atMs);
      const names = await guarded(() =>
        runner.client.zrange(
          keys.refusalMinutes(shard),
          String(first),
          String(last),
          'BYSCORE',
          'LIMIT',
          0,
          SHOWN,
        ),
      );
      return readOpen(context, shard, names);
    },
  };
}

function keysOf({ keys }: Pick<StoreContext, 'keys'>, shard: number): readonly string[] {
  return [keys.meta(shard), keys.audit(shard), keys.refusals(shard), keys.refusalMinutes(shard)];
}

async function readOpen(
  { runner, keys }: StoreContext,
  shard: number,
  names: readonly string[],
): Promise<readonly OpenRefusals[]> {
  if (names.length === 0) return [];
  const fields = names.map((name) => `n ${name}`);
  const numbers = await guarded(() => runner.client.hmget(keys.refusals(shard), ...fields));
  return names.flatMap((name, at) => openOf(name, numbers[at]));
}

function openOf(name: string, numbers: string | null | undefined): readonly OpenRefusals[] {
  // Closed since the index was read, or never open.
  if (typeof numbers !== 'string') return [];
  const [count, , first, last] = numbers.split(' ').map(Number);
  const [agentId = '', bucket = ''] = name.split(' ');
  return [
    {
      agent_id: agentId,
      bucket: bucket as RefusalBucket,
      count: count ?? 0,
      first_at_ms: first ?? 0,
      last_at_ms: last ?? 0,
    },
  ];
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('counted refusals cannot be reached', error);
  }
}
