import type { SharedLimits } from '../domain/budget.js';
import type { LimitsStore } from '../domain/budget-ports.js';

/** The shared limits in force on this instance. */
export interface LiveLimits {
  /** Those put through the admin API; those of the configuration as long as there are none. */
  current(): SharedLimits;
  /** Reads what is stored. Throws CountersignError 503; what was in force stays. */
  refresh(): Promise<void>;
}

/** Begins with the configuration's; nothing may be admitted before the first `refresh`. */
export function createLiveLimits(
  store: Pick<LimitsStore, 'read'>,
  configured: SharedLimits,
): LiveLimits {
  let limits = configured;
  let last: Promise<void> = Promise.resolve();
  const read = async (): Promise<void> => {
    limits = (await store.read()).limits ?? configured;
  };
  return {
    current: () => limits,
    refresh() {
      // One after the other: an answer that comes late must not undo a newer one.
      last = last.then(read, read);
      return last;
    },
  };
}
