import type { Clock } from '../domain/clock.js';
import { CountersignError } from '../domain/errors.js';

/** How many evaluations a caller may ask for: at once, and sustained. */
export interface EvaluationLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** Bounds how much a caller may ask, so that questions are no free oracle and no way to keep a node busy. */
export interface EvaluationBudget {
  /** Takes `evaluations` from the caller's budget. Throws `slow_down` and takes nothing when it has too few left. */
  charge(caller: string, evaluations: number, limit: EvaluationLimit): void;
}

interface Bucket {
  left: number;
  updatedMs: number;
}

/** Callers remembered; past it the one that asked longest ago is forgotten, and has a full budget again. */
const MAX_CALLERS = 10_000;

/** Token buckets in process, so each node has its own. A request costs what it asks for, whatever it is answered. */
export function createEvaluationBudget({ clock }: { readonly clock: Clock }): EvaluationBudget {
  const buckets = new Map<string, Bucket>();
  return {
    charge(caller, evaluations, { burst, perSecond }) {
      const nowMs = clock.nowMs();
      const before = buckets.get(caller);
      const refilled =
        before === undefined
          ? burst
          : before.left + (Math.max(0, nowMs - before.updatedMs) / 1000) * perSecond;
      const left = Math.min(burst, refilled) - evaluations;
      if (left < 0) {
        throw new CountersignError(
          'slow_down',
          'The evaluation budget of this caller is used up.',
          {
            retryAfterSeconds: Math.max(1, Math.ceil(-left / perSecond)),
          },
        );
      }
      buckets.delete(caller);
      buckets.set(caller, { left, updatedMs: nowMs });
      if (buckets.size > MAX_CALLERS) buckets.delete(buckets.keys().next().value ?? '');
    },
  };
}
