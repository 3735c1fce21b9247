import type { EvaluationBudget } from '../../domain/budget-ports.js';
import { CountersignError } from '../../domain/errors.js';
import type { RequestContext } from '../../domain/request.js';
import type { Caller } from './caller.js';
import { refusedEvent } from './events.js';

export interface ChargeDeps {
  readonly budget: EvaluationBudget;
  /** Called for each refusal; must not throw. */
  readonly onLimited: (bucket: 'evaluation') => void;
}

/**
 * Charges a request for all its evaluations before any is decided, so that evaluations are neither a
 * free oracle nor a way to overload the service. Throws `slow_down`, without a charge, when the budget is too small,
 * and 503.
 */
export async function chargeEvaluations(
  { budget, onLimited }: ChargeDeps,
  caller: Caller,
  evaluations: number,
  context: RequestContext,
): Promise<void> {
  const waitMs = await budget.charge({
    caller,
    evaluations,
    limit: caller.limit,
    refusal: refusedEvent(caller, evaluations, context),
  });
  if (waitMs === 0) return;
  onLimited('evaluation');
  throw new CountersignError('slow_down', 'The evaluation budget of this caller is used up.', {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  });
}
