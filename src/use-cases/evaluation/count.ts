import type { Decision } from '../../domain/policy.js';
import type { Counting } from '../token/attempt.js';
import type { Caller } from './caller.js';

/** What a question counted as in the signals of the agent it is about: a denial is a request, too. */
export type Counted = 'request' | 'denial';

/**
 * How one question is gathered, for all its rounds. An agent that asks about itself is counted as one that requests:
 * what it asks shows in its score, and asking is no cheaper way to learn what it may do or to become used to. Whoever
 * else asks only peeks: nobody can spend the signals of an agent by asking about it.
 */
export function countingOf({ kind }: Caller): Counting {
  return kind === 'agent' ? { done: false, uncharged: true } : { done: false, peeks: true };
}

/** What a decided question counted as; undefined when nothing was counted. */
export function countedAs(counting: Counting, decision?: Decision): Counted | undefined {
  if (counting.peeks === true) return undefined;
  return decision?.effect === 'deny' ? 'denial' : 'request';
}
