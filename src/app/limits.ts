import type { Config } from '../config/config.js';
import { createLimitsOperations, type LimitsOperations } from '../use-cases/admin/limits.js';
import { systemClock } from '../domain/clock.js';
import type { EvaluationBudget, LimitsStore, SharedBudgets } from '../domain/budget-ports.js';
import type { Logger } from '../domain/logger.js';
import type { Lifecycle } from '../process/lifecycle.js';
import type { StoreContext } from '../redis/context.js';
import { createBudgetStore } from '../redis/stores/budget-store.js';
import { createEvaluationBudget } from '../redis/stores/evaluation-budget.js';
import { createLimitsStore } from '../redis/stores/limits-store.js';
import { createLiveLimits, type LiveLimits } from '../signals/live-limits.js';
import { createSharedBudgets } from '../signals/shared-budgets.js';
import { patiently } from './patiently.js';

export interface BudgetParts {
  readonly limitsStore: LimitsStore;
  readonly liveLimits: LiveLimits;
  readonly sharedBudgets: SharedBudgets;
  readonly evaluationBudget: EvaluationBudget;
}

/** The budgets that agents share and those of evaluations, over the store. */
export function budgetParts(config: Config, context: StoreContext): BudgetParts {
  const limitsStore = createLimitsStore(context);
  const liveLimits = createLiveLimits(limitsStore, config.limits);
  const sharedBudgets = createSharedBudgets({
    store: createBudgetStore(context),
    limits: () => liveLimits.budgets(),
    clock: systemClock,
  });
  return {
    limitsStore,
    liveLimits,
    sharedBudgets,
    evaluationBudget: createEvaluationBudget(context),
  };
}

/** Looking at the shared limits and changing them, over the parts. */
export function limitsOperations(
  config: Config,
  { limitsStore, liveLimits }: BudgetParts,
): LimitsOperations {
  return createLimitsOperations({
    store: limitsStore,
    configured: config.limits,
    live: liveLimits,
  });
}

/**
 * The first look at the stored limits. Those that cannot be read do not end the start: the admin API mends them, and
 * until then nothing is granted. Throws when the store cannot be reached.
 */
export function firstLimits(liveLimits: LiveLimits, log: Logger): Promise<void> {
  return patiently(async () => {
    try {
      await liveLimits.refresh();
    } catch (error) {
      const fault = liveLimits.fault();
      if (fault === undefined) throw error;
      log.error(
        { fault },
        'the stored limits cannot be read: nothing is granted until new ones are put',
      );
    }
  });
}

/** Not ready before it knows what may be admitted. */
export function limitsCheck(liveLimits: LiveLimits): Parameters<Lifecycle['addCheck']>[0] {
  return {
    name: 'limits',
    check: () => {
      const ok = liveLimits.known() !== undefined;
      return Promise.resolve({ ok, detail: ok ? 'known' : 'the stored limits cannot be read' });
    },
  };
}
