import { LRUCache } from '../cache/lru.js';
import type { Clock } from '../domain/clock.js';
import type { FailureBudget, SharedFailureCounter } from '../domain/ports.js';
import type { CredentialOrigin } from '../domain/request.js';
import type { FailureLimiter } from './ports.js';
import { sourceKey } from './source-address.js';

export interface FailureLimiterOptions {
  readonly clock: Clock;
  /** Budget of one client id from one source at one endpoint. */
  readonly pair?: FailureBudget;
  /**
   * Budget of one source at one endpoint; wide compared to `pair`.
   * A failure of a pair over its budget is not charged to the source. So one agent with an old secret cannot use up the
   * budget of its neighbours.
   */
  readonly source?: FailureBudget;
  /** Maximum number of buckets of each sort; the least recently used is evicted first. */
  readonly maxEntries?: number;
  /** Absent: failures are counted in this process only. */
  readonly shared?: SharedFailureCounter;
}

interface Bucket {
  left: number;
  updatedMs: number;
}

const PAIR: FailureBudget = { capacity: 10, perSecond: 1 / 6 };
const SOURCE: FailureBudget = { capacity: 200, perSecond: 2 };
const MAX_ENTRIES = 10_000;
/** Maximum number of concurrent charges to the store; beyond it, failures are counted in process only. */
const MAX_UNDER_WAY = 32;

/**
 * Creates token buckets of failed authentications, in process and bounded.
 * A failure is also charged to the shared counter, and its reply lowers the local bucket. So failures at other
 * instances count from the next failure on.
 */
export function createFailureLimiter(options: FailureLimiterOptions): FailureLimiter {
  const { clock, pair = PAIR, source = SOURCE, maxEntries = MAX_ENTRIES, shared } = options;
  const pairs = createBuckets(pair, maxEntries, clock);
  const sources = createBuckets(source, maxEntries, clock);
  const budgets = { pair, source };
  let underWay = 0;
  const share = async (address: string, keys: Keys): Promise<void> => {
    if (shared === undefined || underWay >= MAX_UNDER_WAY) return;
    underWay++;
    try {
      const left = await shared.charge({ source: address, budgets, keys });
      pairs.lower(keys.pair, left.pair);
      sources.lower(keys.source, left.source);
    } catch {
      // The store is unreachable: this process counts alone. The script's metrics show the failures.
    } finally {
      underWay--;
    }
  };
  return {
    waitSeconds(origin, clientId) {
      const keys = keysOf(origin, clientId);
      return Math.max(pairs.waitSeconds(keys.pair), sources.waitSeconds(keys.source));
    },
    charge(origin, clientId) {
      const keys = keysOf(origin, clientId);
      if (pairs.waitSeconds(keys.pair) === 0) sources.charge(keys.source);
      pairs.charge(keys.pair);
      void share(sourceKey(origin.source), keys);
    },
  };
}

type Keys = Readonly<Record<'pair' | 'source', string>>;

function keysOf({ endpoint, source }: CredentialOrigin, clientId: string): Keys {
  const key = `${endpoint} ${sourceKey(source)}`;
  return { source: key, pair: `${key} ${clientId}` };
}

function createBuckets(budget: FailureBudget, maxEntries: number, clock: Clock) {
  const buckets = new LRUCache<string, Bucket>({ max: maxEntries });
  const current = (bucket: Bucket | undefined): number => {
    if (bucket === undefined) return budget.capacity;
    const elapsedMs = Math.max(0, clock.nowMs() - bucket.updatedMs);
    return Math.min(budget.capacity, bucket.left + (elapsedMs / 1000) * budget.perSecond);
  };
  const put = (key: string, left: number): void => {
    buckets.set(key, { left: Math.max(left, -budget.capacity), updatedMs: clock.nowMs() });
  };
  return {
    /** Returns 0 when a failure is affordable now. */
    waitSeconds(key: string): number {
      const left = current(buckets.get(key));
      return left >= 1 ? 0 : Math.ceil((1 - left) / budget.perSecond);
    },
    /** Overdraws by at most a full bucket, so that the wait has a bound. */
    charge(key: string): void {
      put(key, current(buckets.get(key)) - 1);
    },
    /** Lowers a budget, never raises it: a store that lost its state restores no budget. */
    lower(key: string, left: number): void {
      const now = current(buckets.get(key));
      if (left < now) put(key, left);
    },
  };
}
