import {
  inForce,
  type ConfiguredLimits,
  type LimitsInForce,
  type ScopeCosts,
  type SharedLimits,
} from '../domain/budget.js';
import type { LimitsFault, LimitsStore } from '../domain/budget-ports.js';
import { unavailable } from '../domain/errors.js';

/** The limits in force on this instance. */
export interface LiveLimits {
  /**
   * Returns the limits set through the admin API, else those of the configuration.
   * Throws CountersignError 503 before the first successful read of the stored limits: then admission is undefined.
   */
  budgets(): SharedLimits;
  /** Returns the costs of requests; throws like `budgets`. */
  costs(): ScopeCosts;
  /** Returns the limits in force; undefined instead of an error. */
  known(): LimitsInForce | undefined;
  /** Returns why the last read failed; undefined when it succeeded, or found no store. */
  fault(): LimitsFault | undefined;
  /**
   * Reads the stored limits.
   * Throws CountersignError 503 when they are unreachable or unreadable, and keeps the old ones.
   */
  refresh(): Promise<void>;
}

export function createLiveLimits(
  store: Pick<LimitsStore, 'read'>,
  configured: ConfiguredLimits,
): LiveLimits {
  let known: LimitsInForce | undefined;
  let fault: LimitsFault | undefined;
  let last: Promise<void> = Promise.resolve();
  const read = async (): Promise<void> => {
    fault = undefined;
    const stored = await store.read();
    fault = stored.fault;
    if (stored.fault !== undefined) {
      throw unavailable(`the stored limits cannot be read (${stored.fault}); set new ones`);
    }
    known = inForce(stored.limits, configured);
  };
  const required = (): LimitsInForce => {
    if (known === undefined) throw unavailable('no limits are known');
    return known;
  };
  return {
    budgets: () => required().limits,
    costs: () => required().cost,
    known: () => known,
    fault: () => fault,
    refresh() {
      // In sequence: a late answer must not overwrite a newer one.
      last = last.then(read, read);
      return last;
    },
  };
}
