import { Redis } from 'ioredis';
import type { BudgetLimit, SharedLimits } from '../../src/domain/budget.js';
import type { SharedBudgets } from '../../src/domain/budget-ports.js';
import type { StoreContext } from '../../src/redis/context.js';
import { ScriptRunner } from '../../src/redis/scripts.js';
import { createBudgetStore } from '../../src/redis/stores/budget-store.js';
import { createSharedBudgets } from '../../src/signals/shared-budgets.js';
import type { Admission } from './budget-bound.js';
import { START_MS } from './budget-subject.js';
import type { TestRedis } from './redis.js';
import { openTestStore, type TestStore } from './store.js';

export interface SharedSubject {
  readonly store: TestStore;
  readonly instances: readonly SharedBudgets[];
  /** Moves the clock of every shard and instance on. */
  readonly wait: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
  readonly close: () => void;
}

/** Several instances of the service over one store, each with a connection of its own. */
export async function sharedSubject(
  redis: TestRedis,
  limits: () => SharedLimits,
  count: number,
  chunkOf?: (limit: BudgetLimit) => number,
): Promise<SharedSubject> {
  const store = await openTestStore(redis);
  const clients = Array.from({ length: count }, () => new Redis({ path: redis.socket }));
  let atMs = START_MS;
  const instance = (client: Redis): SharedBudgets =>
    createSharedBudgets({
      store: createBudgetStore(onClient(store.context, client)),
      limits,
      clock: { nowMs: () => atMs },
      ...(chunkOf === undefined ? {} : { chunkOf }),
    });
  const wait = async (ms: number): Promise<void> => {
    atMs += ms;
    const { keys } = store.context;
    for (const shard of [0, 1, 2, 3, 'control'] as const) {
      await store.client.hset(keys.meta(shard), 'tick', String(atMs));
    }
  };
  await wait(0);
  return {
    ...{ store, wait, instances: clients.map(instance), nowMs: () => atMs },
    close: () => {
      for (const client of clients) client.disconnect();
      store.close();
    },
  };
}

function onClient(context: StoreContext, client: Redis): StoreContext {
  return { ...context, runner: new ScriptRunner(client) };
}

export interface SharedAsk {
  readonly owner: string;
  readonly cost: number;
  /** Which instance is asked. */
  readonly instance: number;
}

export interface SharedStep {
  readonly waitMs: number;
  /** All at once. */
  readonly asks: readonly SharedAsk[];
}

/** What was admitted of a stream, and to whom. */
export async function playShared(
  { instances, wait, nowMs }: SharedSubject,
  steps: readonly SharedStep[],
): Promise<(Admission & { readonly owner: string })[]> {
  const admitted: (Admission & { readonly owner: string })[] = [];
  for (const { waitMs, asks } of steps) {
    await wait(waitMs);
    const answers = asks.map(({ owner, cost, instance }) =>
      instances[instance % instances.length]!.take(owner, cost, Number.MAX_SAFE_INTEGER),
    );
    for (const [i, rate] of (await Promise.all(answers)).entries()) {
      const { owner, cost } = asks[i]!;
      if (rate?.limited !== true) admitted.push({ atMs: nowMs(), cost, owner });
    }
  }
  return admitted;
}
