import type { AuthorizeDeps } from '../use-cases/token/attempt.js';
import {
  evaluateAccess,
  type EvaluateAccessDeps,
} from '../use-cases/evaluation/evaluate-access.js';
import type { PublicOperations } from '../use-cases/operations.js';
import { unavailable } from '../domain/errors.js';
import { rateOf } from '../registry/rate.js';
import type { Parts } from './parts.js';
import type { HighWater } from './storage.js';

/** Creates access evaluation over the issuing parts. */
export function createEvaluateAccess(
  issuing: AuthorizeDeps,
  parts: Parts,
  highWater: HighWater,
): PublicOperations['evaluateAccess'] {
  const deps: EvaluateAccessDeps = {
    ...issuing,
    ...parts,
    store: parts.introspection,
    budget: parts.evaluationBudget,
    rateOf: ({ spec }) => rateOf(spec),
  };
  return async (batch, credential, context) => {
    // An answer needs an event, which needs memory in the store.
    if (highWater.full) throw unavailable('the store is past its high-water mark');
    return evaluateAccess(deps, batch, credential, context);
  };
}
