import { Redis } from 'ioredis';
import type { GatherResult, SignalGatherer } from '../../src/domain/ports.js';
import type { AgentRecord, RateLimit } from '../../src/domain/records.js';
import { createSignalGatherer } from '../../src/redis/stores/signal-gatherer.js';
import type { TestRedis } from './redis.js';
import { makeAgent, openTestStore, runnerInHand, type TestStore } from './store.js';

/** Where the clocks of these stores begin: beyond the server's, so that they stand still. */
export const START_MS = 4_000_000_000_000;

export interface BudgetAsk {
  readonly resource: string;
  readonly cost: number;
}

export interface BudgetSubject {
  readonly store: TestStore;
  readonly agent: AgentRecord;
  readonly shard: number;
  /** Three instances of the service, each with a separate connection. */
  readonly gatherers: readonly [SignalGatherer, SignalGatherer, SignalGatherer];
  readonly close: () => void;
}

/** An agent in a separate store, asked for by three instances. */
export async function budgetSubject(
  redis: TestRedis,
  rate: () => RateLimit,
): Promise<BudgetSubject> {
  const store = await openTestStore(redis);
  const { agent, shard } = await makeAgent(store, 'agent');
  await store.setTick(shard, START_MS);
  const clients = [new Redis({ path: redis.socket }), new Redis({ path: redis.socket })] as const;
  const on = (client: Redis): SignalGatherer =>
    createSignalGatherer({ ...store.context, runner: runnerInHand(client) }, rate);
  return {
    ...{ store, agent, shard },
    gatherers: [on(store.client), on(clients[0]), on(clients[1])],
    close: () => {
      for (const client of clients) client.disconnect();
      store.close();
    },
  };
}

/** One counted request; throws when it was not gathered. */
export async function gathered(
  gatherer: SignalGatherer,
  agent: AgentRecord,
  { resource, cost }: BudgetAsk,
): Promise<Extract<GatherResult, { state: 'gathered' }>> {
  const ask = { agent, resource, scopes: ['read'], honeyScopes: 0, count: true, cost };
  const result = await gatherer.gather(ask);
  if (result.state !== 'gathered') throw new Error(result.state);
  return result;
}

/** Puts something else where a bucket's time should be; `list` is a key of another type. */
export async function spoil({ client }: TestStore, key: string, value: string): Promise<void> {
  if (value !== 'list') {
    await client.set(key, value);
    return;
  }
  await client.del(key);
  await client.rpush(key, value);
}
