import { costOf } from '../../domain/budget.js';
import type { SharedRate } from '../../domain/budget-ports.js';
import type { RateState } from '../../domain/budget.js';
import type { Attempt, Gathered, SharedRateDeps, SharedCharge } from './attempt.js';

/** What a request costs in every budget. */
export function costOfRequest(
  { costs }: Pick<SharedRateDeps, 'costs'>,
  { request, resource }: Pick<Attempt, 'request' | 'resource'>,
): number {
  return costOf(request.scopes, resource.spec.scopes, costs());
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
