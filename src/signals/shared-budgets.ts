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
  /** Returns the current limits. */
  readonly limits: () => SharedLimits;
  readonly clock: Clock;
  /** Maximum number of cached budgets; beyond it the least recently used is evicted with its units. */
  readonly maxBudgets?: number;
  /** For a test of the chunk size. */
  readonly chunkOf?: (limit: BudgetLimit) => number;
}

/** The leased part of one budget on this instance. */
interface Chunk {
  readonly limit: BudgetLimit;
  /** Units leased and not spent. */
  left: number;
  /** Units left for all instances after the last lease. */
  elsewhere: number;
  usedMs: number;
  /** The last refusal: number of units, start and end of its validity. */
  empty: { readonly units: number; readonly sinceMs: number; readonly untilMs: number };
  /** The pending lease. */
  lease: Promise<void> | undefined;
}

interface Applying {
  readonly key: string;
  readonly bucket: SharedRate['bucket'];
  readonly budget: SharedBudget;
}

const MAX_BUDGETS = 10_000;
const MAX_CHUNK = 1000;
/** Unused units expire after this time, which makes the bound easier to reason about. */
const IDLE_MS = 60_000;
/** Maximum validity of a refusal: the wait may become shorter, and a clock jump locks no one out. */
const REFUSED_MS = 1000;

/** Returns the chunk size: about a second of the rate, at most a quarter of the burst. */
export function chunkOf({ per_minute, burst }: BudgetLimit): number {
  const most = Math.min(MAX_CHUNK, Math.floor(burst / 4));
  return Math.max(1, Math.min(Math.ceil(per_minute / 60), most));
}

/**
 * Creates budgets that spend from chunks leased from the store.
 * Over any time T all instances together admit at most burst + rate × T + instances × the larger of a chunk and the
 * largest cost. A lease is never returned.
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
          // A request that another budget refuses is not charged.
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

/** Charges one budget; undefined when it has no limit. */
async function takeOne(
  deps: SharedBudgetsDeps,
  chunks: Map<string, Chunk>,
  one: Applying,
  cost: number,
  deadlineMs: number,
): Promise<TakenOne | undefined> {
  for (;;) {
    // Looked up in each turn: a changed limit has another chunk.
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

/** Evicts the oldest chunk without waiting callers, since a caller needs the units leased for it. */
function forgetOldest(chunks: Map<string, Chunk>): void {
  for (const [key, { lease: waiting }] of chunks) {
    if (waiting !== undefined) continue;
    chunks.delete(key);
    return;
  }
}

/**
 * Returns how long these units are unavailable according to the last refusal; 0 when a lease must be
 * tried.
 */
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
