import type { BudgetName } from '../../domain/budget.js';
import { CountersignError } from '../../domain/errors.js';
import type { Decision, Reason } from '../../domain/policy.js';
import type { Attempt, AuthorizeDeps, Counting, Gathered } from './attempt.js';
import { withhold } from './decide.js';
import { keptInput } from './kept-input.js';
import { timed } from '../timed.js';
import { countRefusal } from './count-refusal.js';
import { decisionEvent, requestEvent } from './events.js';
import type { AppliedDecision } from '../../domain/obligations.js';

type Deps = Pick<AuthorizeDeps, 'recorder' | 'timer' | 'onDecision' | 'keepInput'>;
type CountDeps = Pick<AuthorizeDeps, 'refusals' | 'timer' | 'onDecision'>;

/** The message for the caller by exhausted budget. */
const WHOSE: Readonly<Record<BudgetName, string>> = {
  agent: 'The request budget of this agent is used up.',
  agent_resource: 'The request budget of this agent is used up.',
  owner: 'The request budget that the agents of this owner share is used up.',
  global: 'The request budget that all agents share is used up.',
};

/** Records a denial or a review, then throws it. Throws 503 when the record fails. */
export async function refuse(
  deps: Deps,
  attempt: Attempt,
  { signals }: Gathered,
  { decision, alarms }: AppliedDecision,
  { repeats }: Pick<Counting, 'repeats'>,
): Promise<never> {
  const review = decision.effect === 'review';
  const type = review ? 'access.review_required' : 'access.denied';
  const kept = keptInput(deps, decision);
  const event = decisionEvent(attempt, type, { decision, alarms, signals, kept });
  await timed(deps, 'record', () =>
    deps.recorder.record(
      attempt.agent.spec.id,
      event,
      review || repeats === true ? 'none' : 'denied',
      kept?.text,
    ),
  );
  throw review
    ? new CountersignError('review_required', 'The policy asks for an approval.', {
        decisionId: attempt.decisionId,
        reasons: decision.reasons,
      })
    : denial(attempt, decision.reasons);
}

/** Refuses a request because of an empty budget: counts the refusal, then throws 429. */
export async function refuseLimited(
  deps: CountDeps & Pick<AuthorizeDeps, 'onLimited'>,
  attempt: Attempt,
  { rate, signals }: Gathered,
): Promise<never> {
  const event = {
    ...requestEvent(attempt, 'access.rate_limited', signals),
    effect: 'deny',
    codes: [`${rate.bucket}_rate`],
  };
  deps.onDecision('rate_limited');
  deps.onLimited(rate.bucket);
  throw new CountersignError('slow_down', WHOSE[rate.bucket], {
    decisionId: await countRefusal(deps, attempt, rate.bucket, event),
    retryAfterSeconds: Math.max(1, Math.ceil(rate.retryAfterMs / 1000)),
    rate,
  });
}

/**
 * Refuses a quarantined agent: counts the refusal, and a denial by the policy in the agent's signals.
 * Then denies as an active agent without grants would be denied.
 */
export async function refuseQuarantined(
  deps: CountDeps & Parameters<typeof withhold>[0],
  attempt: Attempt,
  gathered: Gathered,
  decision: Decision,
  { repeats }: Pick<Counting, 'repeats'>,
): Promise<never> {
  const { reasons, denied } = await withhold(deps, attempt, gathered, decision);
  const event = {
    ...requestEvent(attempt, 'access.denied', gathered.signals),
    effect: 'deny',
    codes: ['agent_quarantined'],
    rules: ['countersign.quarantine'],
  };
  deps.onDecision('deny');
  throw new CountersignError('agent_quarantined', 'The request was denied.', {
    decisionId: await countRefusal(deps, attempt, 'quarantine', event, denied && repeats !== true),
    reasons,
  });
}

/**
 * Refuses a request when its evaluation used up its fuel: counts the refusal and raises an alarm, then throws 503.
 * Rethrows any other error.
 */
export async function refuseExhausted(
  deps: CountDeps,
  attempt: Attempt,
  { signals }: Gathered,
  error: unknown,
): Promise<never> {
  if (!isExhausted(error)) throw error;
  const event = {
    ...requestEvent(attempt, 'access.denied', signals),
    ...{ effect: 'deny', codes: [error.code], rules: ['countersign.fuel'] },
    alarms: ['policy_budget'],
  };
  deps.onDecision('deny');
  const decisionId = await countRefusal(deps, attempt, 'policy_budget', event);
  throw new CountersignError(
    error.code,
    error.detail,
    { ...error.fields, decisionId },
    error.internal,
    error,
  );
}

/** Returns whether an evaluation ended because its fuel was used up. */
export function isExhausted(error: unknown): error is CountersignError {
  return error instanceof CountersignError && error.code === 'policy_budget_exceeded';
}

/** Refuses a grant that a revocation covers. */
export async function refuseRevoked(
  deps: Deps,
  attempt: Attempt,
  { signals }: Gathered,
  decision: Decision,
  dimension: string,
): Promise<never> {
  const by = dimension.split(':')[0] ?? 'all';
  const reasons: Reason[] = [
    {
      rule: 'countersign.revoked',
      code: 'revoked',
      message: `An operator's revocation by ${by} covers this request.`,
    },
  ];
  const denied: Decision = { ...decision, effect: 'deny', scopes: [], removed: [], reasons };
  const kept = keptInput(deps, decision);
  const event = decisionEvent(attempt, 'access.denied', {
    decision: denied,
    alarms: [],
    signals,
    kept,
  });
  // Not counted among the agent's denials: the agent did not cause them, and they would outlast the lift.
  await timed(deps, 'record', () =>
    deps.recorder.record(attempt.agent.spec.id, event, 'none', kept?.text),
  );
  throw denial(attempt, reasons);
}

function denial(attempt: Attempt, reasons: readonly Reason[]): CountersignError {
  return new CountersignError('access_denied', 'The request was denied.', {
    decisionId: attempt.decisionId,
    reasons,
  });
}
