import type { AccessQuestion } from '../../domain/access-evaluation.js';
import type { Attempt, AuthorizeDeps, Counting, Gathered } from '../token/attempt.js';
import { decisionIdOf } from '../token/authorize.js';
import { isExhausted, refuseExhausted } from '../token/refuse.js';
import { timed } from '../timed.js';
import type { Caller } from './caller.js';
import { judgedEvent } from './events.js';

type Deps = Pick<AuthorizeDeps, 'recorder' | 'refusals' | 'shards' | 'timer' | 'onDecision'>;

/** An evaluation without a decision. */
interface Undecided {
  readonly question: AccessQuestion;
  readonly caller: Caller;
  readonly counting: Counting;
  readonly gathered: Gathered;
}

/**
 * Records an evaluation that used up its fuel, then throws 503. Rethrows any other error.
 * A question by another caller is not counted among the refusals of the agent, which did not choose it.
 */
export async function refuseUndecided(
  deps: Deps,
  attempt: Attempt,
  { question, caller, counting, gathered }: Undecided,
  error: unknown,
): Promise<never> {
  if (counting.peeks !== true) {
    // By the shard's clock, which locates the count; an evaluation has the node's time in its id.
    const decisionId = decisionIdOf(deps, attempt.agent, gathered.tickMs);
    return refuseExhausted(deps, { ...attempt, decisionId }, gathered, error);
  }
  if (isExhausted(error)) {
    const noted = { answer: false, counted: undefined, unseen: question.unseen };
    const event = judgedEvent(attempt, caller, gathered, error.code, noted);
    await timed(deps, 'record', () => deps.recorder.record(attempt.agent.spec.id, event, 'none'));
  }
  throw error;
}
