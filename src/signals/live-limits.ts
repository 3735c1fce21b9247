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
   * Those put through the admin API; those of the configuration as long as there are none. Throws CountersignError
   * 503 when what is stored was never read: then nobody knows what may be admitted.
   */
  budgets(): SharedLimits;
  /** What requests cost; throws like `budgets`. */
  costs(): ScopeCosts;
  /** The same; undefined instead of an error. */
  known(): LimitsInForce | undefined;
  /** Why the last look could not read what is stored; undefined when it could, or found no store. */
  fault(): LimitsFault | undefined;
  /** Reads what is stored. Throws CountersignError 503, also when it cannot be read; what was in force stays. */
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
      throw unavailable(`the stored limits cannot be read (${stored.fault}); put new ones`);
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
      // One after the other: an answer that comes late must not undo a newer one.
      last = last.then(read, read);
      return last;
    },
  };
}
