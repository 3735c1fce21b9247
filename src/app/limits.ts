import type { Config } from '../config/config.js';
import { createLimitsOperations, type LimitsOperations } from '../authorize/admin/limits.js';
import { systemClock } from '../domain/clock.js';
import type { LimitsStore, SharedBudgets } from '../domain/budget-ports.js';
import type { StoreContext } from '../redis/context.js';
import { createBudgetStore } from '../redis/stores/budget-store.js';
import { createLimitsStore } from '../redis/stores/limits-store.js';
import { createLiveLimits, type LiveLimits } from '../signals/live-limits.js';
import { createSharedBudgets } from '../signals/shared-budgets.js';

export interface BudgetParts {
  readonly limitsStore: LimitsStore;
  readonly liveLimits: LiveLimits;
  readonly sharedBudgets: SharedBudgets;
}

/** The budgets that agents share, over the store. */
export function budgetParts(config: Config, context: StoreContext): BudgetParts {
  const limitsStore = createLimitsStore(context);
  const liveLimits = createLiveLimits(limitsStore, config.limits.shared);
  const sharedBudgets = createSharedBudgets({
    store: createBudgetStore(context),
    limits: () => liveLimits.current(),
    clock: systemClock,
  });
  return { limitsStore, liveLimits, sharedBudgets };
}

/** Looking at the shared limits and changing them, over the parts. */
export function limitsOperations(
  config: Config,
  { limitsStore, liveLimits }: BudgetParts,
): LimitsOperations {
  return createLimitsOperations({
    store: limitsStore,
    configured: config.limits.shared,
    refresh: () => liveLimits.refresh(),
  });
}
