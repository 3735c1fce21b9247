import type { Decision } from '../../domain/policy.js';
import type { Counting } from '../token/attempt.js';
import type { Caller } from './caller.js';

/** How an evaluation was counted in the signals of its agent: a denial is a request, too. */
export type Counted = 'request' | 'denial';

/**
 * Returns how an evaluation is counted, for all its rounds.
 * An agent's evaluation of itself counts as a request: it shows in the score, and is no cheaper way to probe
 * permissions or to shape the profile. Other callers only peek, so none can spend the signals of an agent by
 * evaluations about it.
 */
export function countingOf({ kind }: Caller): Counting {
  return kind === 'agent' ? { done: false, uncharged: true } : { done: false, peeks: true };
}

/** Returns how a decided evaluation was counted; undefined when it was not. */
export function countedAs(counting: Counting, decision?: Decision): Counted | undefined {
  if (counting.peeks === true) return undefined;
  return decision?.effect === 'deny' && counting.repeats !== true ? 'denial' : 'request';
}
