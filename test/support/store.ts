import { Redis } from 'ioredis';
import type { AgentRecord } from '../../src/domain/records.js';
import { shardOfAgent } from '../../src/domain/shard.js';
import type { RedisClient } from '../../src/redis/client.js';
import type { StoreContext } from '../../src/redis/context.js';
import { createKeys } from '../../src/redis/keys.js';
import { ScriptRunner } from '../../src/redis/scripts.js';
import { createAgentStore } from '../../src/redis/stores/agent-store.js';
import { clockInHand, editedScripts, type EditScript } from './edited-scripts.js';
import type { TestRedis } from './redis.js';

const SHARDS = 4;

/** A store context on a test's Redis, with the shards' clock in the test's hand. */
export interface TestStore {
  readonly context: StoreContext;
  readonly client: Redis;
  /** Sets a shard's clock forward, beyond the server's: from there it only moves when this is called. */
  setTick(shard: number | 'control', tickMs: number): Promise<void>;
  close(): void;
}

/** A runner for a store with clocks that the test sets forward (see `clockInHand`). */
export function runnerInHand(
  client: RedisClient,
  edit: EditScript = (_, source) => source,
): ScriptRunner {
  return new ScriptRunner(
    client,
    editedScripts((file, source) => clockInHand(file, edit(file, source))),
  );
}

/** Opens every shard of a new prefix. `edit` takes a guard out of a script. */
export async function openTestStore(redis: TestRedis, edit?: EditScript): Promise<TestStore> {
  const client = new Redis({ path: redis.socket });
  const prefix = `t${String(process.hrtime.bigint())}`;
  const context = {
    runner: runnerInHand(client, edit),
    keys: createKeys(prefix),
    shards: SHARDS,
  };
  for (const shard of [0, 1, 2, 3, 'control'] as const) {
    await context.runner.run('openShard', [context.keys.meta(shard)], [context.runner.opening()]);
  }
  return {
    context,
    client,
    setTick: async (shard, tickMs) => {
      await client.hset(context.keys.meta(shard), 'tick', String(tickMs));
    },
    close: () => {
      client.disconnect();
    },
  };
}

/** Writes an active agent and answers its record and shard. */
export function makeAgent(
  { context }: TestStore,
  id: string,
): Promise<{ agent: AgentRecord; shard: number }> {
  return makeAgentIn(context, id);
}

/** Writes an active agent in any store and answers its record and shard. */
export async function makeAgentIn(
  context: StoreContext,
  id: string,
): Promise<{ agent: AgentRecord; shard: number }> {
  const agent = await createAgentStore(context).write(
    {
      spec: { id },
      secrets: [],
      source: 'api',
      config_digest: '',
      created_at_ms: 0,
      updated_at_ms: 0,
      status: 'active',
    },
    0,
    { type: 'agent.created', principal: { kind: 'system', id: 'test' }, agent_id: id },
  );
  if (agent === undefined) throw new Error('the agent exists');
  return { agent, shard: shardOfAgent(id, context.shards) };
}
