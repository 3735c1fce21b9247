import { costOf } from '../../domain/budget.js';
import type { SharedRate } from '../../domain/budget-ports.js';
import type { RateState } from '../../domain/budget.js';
import type { Attempt, Gathered, SharedRateDeps, SharedCharge } from './attempt.js';

/** Returns the cost of a request in every budget. */
export function costOfRequest(
  { costs }: Pick<SharedRateDeps, 'costs'>,
  { request, resource }: Pick<Attempt, 'request' | 'resource'>,
): number {
  return costOf(request.scopes, resource.spec.scopes, costs());
}

/**
 * Charges the shared budgets, once a request.
 * Returns the gathered state with the empty budget, or else with the tightest. Throws CountersignError 503 when the
 * charge fails.
 */
export async function chargeShared(
  deps: SharedRateDeps,
  attempt: Attempt,
  gathered: Gathered,
  charge: SharedCharge,
): Promise<Gathered> {
  const { agent, context } = attempt;
  const cost = costOfRequest(deps, attempt);
  charge.shared ??=
    (await deps.sharedBudgets.take(agent.spec.owner, cost, context.deadlineMs)) ?? 'none';
  if (charge.shared === 'none') return gathered;
  return { ...gathered, rate: tighter(gathered.rate, charge.shared, cost) };
}

/** Returns the shared budget when it refused; otherwise the budget that admits fewer further requests. */
function tighter(own: RateState, shared: SharedRate, cost: number): RateState {
  // The agent's bucket was charged for this request, and must admit the next one as well.
  const retryAfterMs = Math.max(own.retryAfterMs, shared.retryAfterMs);
  const more = ({ remaining, limit }: RateState): number => remaining / Math.min(cost, limit);
  const told = shared.limited || more(shared) < more(own) ? shared : own;
  return { ...told, retryAfterMs };
}
