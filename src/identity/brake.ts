import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.js';
import { CountersignError } from '../domain/errors.js';
import type { FailureBrake } from './ports.js';
import { sourceKey } from './source-address.js';

/** Failures that are allowed at once, and how fast they are forgiven. */
export interface FailureBudget {
  readonly capacity: number;
  readonly perSecond: number;
}

export interface FailureBrakeOptions {
  readonly clock: Clock;
  /** Of one client id from one source. */
  readonly pair?: FailureBudget;
  /**
   * Of everything from one source. Wide against `pair`: attempts that `pair` stops are not charged, so one
   * agent with an old secret cannot use up what the others behind the same address share.
   */
  readonly source?: FailureBudget;
  /** Buckets kept of each sort; the least recently used is forgotten first. */
  readonly maxEntries?: number;
}

interface Bucket {
  left: number;
  updatedMs: number;
}

const PAIR: FailureBudget = { capacity: 10, perSecond: 1 / 6 };
const SOURCE: FailureBudget = { capacity: 200, perSecond: 2 };
const MAX_ENTRIES = 10_000;

/** Token buckets of failed authentications, in process and bounded. Success neither charges nor forgives. */
export function createFailureBrake(options: FailureBrakeOptions): FailureBrake {
  const { clock, pair = PAIR, source = SOURCE, maxEntries = MAX_ENTRIES } = options;
  const pairs = createBuckets(pair, maxEntries, clock);
  const sources = createBuckets(source, maxEntries, clock);
  return {
    check(address, clientId) {
      const key = sourceKey(address);
      const waitSeconds = Math.max(
        pairs.waitSeconds(pairKey(key, clientId)),
        sources.waitSeconds(key),
      );
      if (waitSeconds > 0) {
        throw new CountersignError(
          'slow_down',
          'Too many failed authentications.',
          { retryAfterSeconds: waitSeconds },
          'failed authentication is braked',
        );
      }
    },
    charge(address, clientId) {
      const key = sourceKey(address);
      pairs.charge(pairKey(key, clientId));
      sources.charge(key);
    },
  };
}

function pairKey(source: string, clientId: string): string {
  return `${source} ${clientId}`;
}

function createBuckets(budget: FailureBudget, maxEntries: number, clock: Clock) {
  const buckets = new LRUCache<string, Bucket>({ max: maxEntries });
  const current = (bucket: Bucket | undefined): number => {
    if (bucket === undefined) return budget.capacity;
    const elapsedMs = Math.max(0, clock.nowMs() - bucket.updatedMs);
    return Math.min(budget.capacity, bucket.left + (elapsedMs / 1000) * budget.perSecond);
  };
  return {
    /** 0 when a failure is affordable now. */
    waitSeconds(key: string): number {
      const left = current(buckets.get(key));
      return left >= 1 ? 0 : Math.ceil((1 - left) / budget.perSecond);
    },
    /** Attempts that were under way together may overdraw, by as much as a full bucket. */
    charge(key: string): void {
      const left = Math.max(current(buckets.get(key)) - 1, -budget.capacity);
      buckets.set(key, { left, updatedMs: clock.nowMs() });
    },
  };
}
