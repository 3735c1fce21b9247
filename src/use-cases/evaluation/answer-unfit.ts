import type { AccessQuestion, Judgement } from '../../domain/access-evaluation.js';
import type { AgentRecord } from '../../domain/records.js';
import type { Attempt, AuthorizeDeps, Counting, Gathered } from '../token/attempt.js';
import type { Withheld } from '../token/decide.js';
import { timed } from '../timed.js';
import type { Caller } from './caller.js';
import { countedAs } from './count.js';
import { judgedEvent } from './events.js';
import { unseenReasons } from './unseen-members.js';

/** An evaluation, its caller, and how it is counted. */
interface Question {
  readonly question: AccessQuestion;
  readonly caller: Caller;
  readonly counting: Counting;
}

/**
 * Answers no, whatever the policy decides: the agent is inactive or revoked.
 * The answer does not reveal it.
 */
export async function answerUnfit(
  deps: Pick<AuthorizeDeps, 'recorder' | 'timer'>,
  attempt: Attempt,
  { question, caller, counting }: Question,
  gathered: Gathered,
  why: 'revoked' | AgentRecord['status'],
  withheld?: Withheld,
): Promise<Judgement> {
  const denied = withheld?.denied === true && counting.peeks !== true && counting.repeats !== true;
  const counted = denied ? 'denial' : countedAs(counting);
  const noted = { answer: false, counted, unseen: question.unseen };
  const event = judgedEvent(attempt, caller, gathered, `agent_${why}`, noted);
  await timed(deps, 'record', () =>
    deps.recorder.record(attempt.agent.spec.id, event, denied ? 'denied' : 'none'),
  );
  const reasons = caller.kind === 'agent' ? withheld?.reasons : undefined;
  return noTo(question, attempt.decisionId, reasons === undefined ? {} : { reasons });
}

/**
 * Returns a denial.
 * Members outside the policy input are the only reason given, for every caller and every decision. So the reason
 * follows from the request alone and reveals nothing about agents and resources.
 */
export function noTo(
  question: AccessQuestion,
  decisionId: string,
  more: Pick<Judgement, 'reviewRequired' | 'reasons'> = {},
): Judgement {
  const reasons = unseenReasons(question);
  return { decision: false, decisionId, ...(reasons === undefined ? more : { reasons }) };
}
