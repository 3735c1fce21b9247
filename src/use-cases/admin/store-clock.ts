import type { ClockReset, ClockResetter } from '../../domain/clock-reset.js';
import type { AdminContext } from './context.js';

/** Operations on the store as a whole. */
export interface StoreOperations {
  /** Sets clocks that are ahead back; tokens of their shards become inactive. */
  resetClock(reason: string, context: AdminContext): Promise<ClockReset>;
}

/** Creates the operations on the store. */
export function createStoreOperations(clock: ClockResetter): StoreOperations {
  return {
    resetClock: (reason, { principal, requestId }) =>
      clock.reset({
        type: 'store.clock_reset',
        principal,
        request_id: requestId,
        detail: { reason },
      }),
  };
}
