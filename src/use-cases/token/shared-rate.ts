import { costOf, type ScopeCosts } from '../../domain/budget.js';
import type { SharedBudgets, SharedRate } from '../../domain/budget-ports.js';
import type { RateState } from '../../domain/signals.js';
import type { Attempt, Gathered } from './authorize.js';

export interface SharedRateDeps {
  readonly sharedBudgets: SharedBudgets;
  /** As they are now. Throws CountersignError 503 when nobody knows. */
  readonly costs: () => ScopeCosts;
}

/** What a request costs in every budget. */
export function costOfRequest(
  { costs }: Pick<SharedRateDeps, 'costs'>,
  { request, resource }: Pick<Attempt, 'request' | 'resource'>,
): number {
  return costOf(request.scopes, resource.spec.scopes, costs());
}

/** Where the answer of the shared budgets is kept: a request is charged once in all its rounds. */
export interface SharedCharge {
  shared?: SharedRate | 'none';
}

/**
 * Charges the budgets that the agent shares, once a request. What was gathered comes back with the budget that is
 * empty, or else with the tightest. Throws CountersignError 503 when that cannot be told.
 */
export async function chargeShared(
  deps: SharedRateDeps,
  now: Attempt,
  gathered: Gathered,
  charge: SharedCharge,
): Promise<Gathered> {
  const { agent, context } = now;
  const cost = costOfRequest(deps, now);
  charge.shared ??=
    (await deps.sharedBudgets.take(agent.spec.owner, cost, context.deadlineMs)) ?? 'none';
  if (charge.shared === 'none') return gathered;
  return { ...gathered, rate: tighter(gathered.rate, charge.shared, cost) };
}

/** The shared budget when it refused; else whichever admits fewer more of the same. */
function tighter(own: RateState, shared: SharedRate, cost: number): RateState {
  // The agent's own bucket was charged for this request, and has to admit the next one as well.
  const retryAfterMs = Math.max(own.retryAfterMs, shared.retryAfterMs);
  const more = ({ remaining, limit }: RateState): number => remaining / Math.min(cost, limit);
  const told = shared.limited || more(shared) < more(own) ? shared : own;
  return { ...told, retryAfterMs };
}
