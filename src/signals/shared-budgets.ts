import { intervalMicros, type BudgetLimit, type SharedLimits } from '../domain/budget.js';
import type {
  BudgetStore,
  SharedBudget,
  SharedBudgets,
  SharedRate,
} from '../domain/budget-ports.js';
import type { Clock } from '../domain/clock.js';
import { unavailable } from '../domain/errors.js';

export interface SharedBudgetsDeps {
  readonly store: BudgetStore;
  /** As they are now. */
  readonly limits: () => SharedLimits;
  readonly clock: Clock;
  /** Budgets remembered; past it the one used longest ago is forgotten, and its units with it. */
  readonly maxBudgets?: number;
  /** For a test that shows what the size of a chunk is good for. */
  readonly chunkOf?: (limit: BudgetLimit) => number;
}

/** What this instance holds of one budget. */
interface Chunk {
  readonly limit: BudgetLimit;
  /** Units leased and not spent. */
  left: number;
  /** Units that were left for everybody after the last lease. */
  elsewhere: number;
  usedMs: number;
  /** What the last lease was refused: so many units, until when, and from when that was known. */
  empty: { readonly units: number; readonly sinceMs: number; readonly untilMs: number };
  /** The one lease that is on its way. */
  lease: Promise<void> | undefined;
}

interface Applying {
  readonly key: string;
  readonly bucket: SharedRate['bucket'];
  readonly budget: SharedBudget;
}

const MAX_BUDGETS = 10_000;
const MAX_CHUNK = 1000;
/** Units nobody wanted for so long are not spent later: the bound is easier to reason about. */
const IDLE_MS = 60_000;
/** A refusal is believed no longer: the wait may have become shorter, and a clock that jumps locks nobody out. */
const REFUSED_MS = 1000;

/** About a second of the rate, and no more than a quarter of what may be used at once. */
export function chunkOf({ per_minute, burst }: BudgetLimit): number {
  const most = Math.min(MAX_CHUNK, Math.floor(burst / 4));
  return Math.max(1, Math.min(Math.ceil(per_minute / 60), most));
}

/**
 * Spends shared budgets from chunks that are leased from the store: over any time T all instances together admit at
 * most burst + rate × T + instances × the larger of a chunk and the largest cost. What is leased is never given back.
 */
export function createSharedBudgets(deps: SharedBudgetsDeps): SharedBudgets {
  const chunks = new Map<string, Chunk>();
  return {
    async take(owner, cost, deadlineMs) {
      const taken: TakenOne[] = [];
      let tightest: SharedRate | undefined;
      for (const one of applying(owner)) {
        const now = await takeOne(deps, chunks, one, cost, deadlineMs);
        if (now === undefined) continue;
        const { rate } = now;
        if (rate.limited) {
          // Nobody is charged for what another budget refuses.
          for (const { chunk, units } of taken) chunk.left += units;
          return rate;
        }
        taken.push(now);
        if (tightest === undefined || rate.remaining < tightest.remaining) tightest = rate;
      }
      return tightest;
    },
  };
}

function applying(owner: string | undefined): readonly Applying[] {
  const global: Applying = { key: 'global', bucket: 'global', budget: 'global' };
  if (owner === undefined || owner === '') return [global];
  return [{ key: `owner ${owner}`, bucket: 'owner', budget: { owner } }, global];
}

function limitOf(limits: SharedLimits, budget: SharedBudget): BudgetLimit | undefined {
  if (budget === 'global') return limits.global;
  const { owner } = budget;
  return Object.hasOwn(limits.owners, owner) ? limits.owners[owner] : limits.owner;
}

interface TakenOne {
  readonly chunk: Chunk;
  readonly units: number;
  readonly rate: SharedRate;
}

/** Undefined when no such budget is set. */
async function takeOne(
  deps: SharedBudgetsDeps,
  chunks: Map<string, Chunk>,
  one: Applying,
  cost: number,
  deadlineMs: number,
): Promise<TakenOne | undefined> {
  for (;;) {
    // Looked up in each turn: a limit that was changed meanwhile is another chunk.
    const limit = limitOf(deps.limits(), one.budget);
    if (limit === undefined) return undefined;
    const nowMs = deps.clock.nowMs();
    const chunk = currentChunk(chunks, one.key, limit, nowMs, deps.maxBudgets ?? MAX_BUDGETS);
    const units = Math.min(cost, limit.burst);
    if (chunk.left >= units) {
      chunk.left -= units;
      return { chunk, units, rate: rateOf(one, chunk, 0) };
    }
    const waitMs = refusedFor(chunk, units - chunk.left, nowMs);
    if (waitMs > 0) return { chunk, units, rate: rateOf(one, chunk, waitMs) };
    if (nowMs > deadlineMs) throw unavailable('past the deadline while waiting for a budget');
    chunk.lease ??= lease(deps, one.budget, chunk, units).finally(() => {
      chunk.lease = undefined;
    });
    await chunk.lease;
  }
}

function currentChunk(
  chunks: Map<string, Chunk>,
  key: string,
  limit: BudgetLimit,
  nowMs: number,
  max: number,
): Chunk {
  const known = chunks.get(key);
  const same = known?.limit.per_minute === limit.per_minute && known.limit.burst === limit.burst;
  const empty = { units: 0, sinceMs: 0, untilMs: 0 };
  const chunk =
    known !== undefined && same
      ? known
      : { limit, left: 0, elsewhere: 0, usedMs: nowMs, empty, lease: undefined };
  if (nowMs - chunk.usedMs > IDLE_MS) chunk.left = 0;
  chunk.usedMs = nowMs;
  chunks.delete(key);
  chunks.set(key, chunk);
  if (chunks.size > max) forgetOldest(chunks);
  return chunk;
}

/** Of those nobody waits for: whoever waits must find what is leased for it. */
function forgetOldest(chunks: Map<string, Chunk>): void {
  for (const [key, { lease: waiting }] of chunks) {
    if (waiting !== undefined) continue;
    chunks.delete(key);
    return;
  }
}

/** How long so many units are not to be had, by what the last lease was told; 0 when that has to be asked. */
function refusedFor({ empty, limit }: Chunk, units: number, nowMs: number): number {
  const age = nowMs - empty.sinceMs;
  if (units < empty.units || age < 0 || age > REFUSED_MS || nowMs >= empty.untilMs) return 0;
  const moreMs = ((units - empty.units) * intervalMicros(limit.per_minute)) / 1000;
  return empty.untilMs - nowMs + Math.ceil(moreMs);
}

async function lease(
  { store, clock, chunkOf: sizeOf = chunkOf }: SharedBudgetsDeps,
  budget: SharedBudget,
  chunk: Chunk,
  units: number,
): Promise<void> {
  const { limit } = chunk;
  const need = units - chunk.left;
  const want = Math.max(sizeOf(limit) - chunk.left, need);
  const { granted, remaining, waitMs } = await store.lease({ budget, limit, need, want });
  chunk.left += granted;
  chunk.elsewhere = remaining;
  if (granted > 0) return;
  const nowMs = clock.nowMs();
  chunk.empty = { units: need, sinceMs: nowMs, untilMs: nowMs + Math.max(1, waitMs) };
}

function rateOf({ bucket }: Applying, chunk: Chunk, retryAfterMs: number): SharedRate {
  const { per_minute, burst } = chunk.limit;
  const remaining = Math.min(burst, chunk.left + chunk.elsewhere);
  return {
    ...{ limited: retryAfterMs > 0, bucket, limit: burst, perMinute: per_minute, remaining },
    retryAfterMs,
    resetMs: Math.ceil(((burst - remaining) * intervalMicros(per_minute)) / 1000),
  };
}
