import { Redis } from 'ioredis';
import type { BudgetLimit, SharedLimits } from '../../src/domain/budget.js';
import type { SharedBudgets } from '../../src/domain/budget-ports.js';
import type { StoreContext } from '../../src/redis/context.js';
import { createBudgetStore } from '../../src/redis/stores/budget-store.js';
import { createSharedBudgets } from '../../src/signals/shared-budgets.js';
import type { Admission } from './budget-bound.js';
import { START_MS } from './budget-subject.js';
import type { TestRedis } from './redis.js';
import { openTestStore, runnerInHand } from './store.js';

export interface SharedSubject {
  readonly context: StoreContext;
  readonly instances: readonly SharedBudgets[];
  /** Moves the clock of every shard and instance on. */
  readonly wait: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
  readonly close: () => void;
}

export interface SharedOptions {
  readonly limits: () => SharedLimits;
  readonly chunkOf?: (limit: BudgetLimit) => number;
}

/** Several instances of the service over one store, each with a separate connection. */
export async function sharedSubject(
  redis: TestRedis,
  count: number,
  options: SharedOptions,
): Promise<SharedSubject> {
  const store = await openTestStore(redis);
  const clients = Array.from({ length: count }, () => new Redis({ path: redis.socket }));
  const subject = await sharedSubjectOn(
    clients.map((client) => onClient(store.context, client)),
    options,
  );
  return {
    ...subject,
    close: () => {
      for (const client of clients) client.disconnect();
      store.close();
    },
  };
}

/** Several instances over contexts of one open store. */
export async function sharedSubjectOn(
  contexts: readonly StoreContext[],
  { limits, chunkOf }: SharedOptions,
): Promise<SharedSubject> {
  const context = contexts[0]!;
  const { keys, runner, shards } = context;
  let atMs = START_MS;
  const instance = (each: StoreContext): SharedBudgets =>
    createSharedBudgets({
      store: createBudgetStore(each),
      limits,
      clock: { nowMs: () => atMs },
      ...(chunkOf === undefined ? {} : { chunkOf }),
    });
  const wait = async (ms: number): Promise<void> => {
    atMs += ms;
    const all = [...Array.from({ length: shards }, (_, shard) => shard), 'control' as const];
    await Promise.all(
      all.map((shard) => runner.client.hset(keys.meta(shard), 'tick', String(atMs))),
    );
  };
  await wait(0);
  const instances = contexts.map(instance);
  return { context, instances, wait, nowMs: () => atMs, close: () => undefined };
}

function onClient(context: StoreContext, client: Redis): StoreContext {
  return { ...context, runner: runnerInHand(client) };
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
