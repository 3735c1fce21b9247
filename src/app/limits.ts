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

export interface BudgetParts {
  readonly limitsStore: LimitsStore;
  readonly liveLimits: LiveLimits;
  readonly sharedBudgets: SharedBudgets;
  readonly evaluationBudget: EvaluationBudget;
}

/** Creates the shared budgets of agents and the budgets of evaluations, over the store. */
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

/** Creates the operations that read and change the shared limits. */
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
 * Reads the stored limits at start.
 * Unreadable limits do not stop the start: the admin API can replace them, and until then nothing is granted. Throws
 * when the store is unreachable.
 */
export async function firstLimits(liveLimits: LiveLimits, log: Logger): Promise<void> {
  try {
    await liveLimits.refresh();
  } catch (error) {
    const fault = liveLimits.fault();
    if (fault === undefined) throw error;
    log.error({ fault }, 'stored limits unreadable; nothing is granted until they are replaced');
  }
}

/** Returns a readiness check that fails until the limits are known. */
export function limitsCheck(liveLimits: LiveLimits): Parameters<Lifecycle['addCheck']>[0] {
  return {
    name: 'limits',
    check: () => {
      const ok = liveLimits.known() !== undefined;
      return Promise.resolve({ ok, detail: ok ? 'known' : 'the stored limits are unreadable' });
    },
  };
}
