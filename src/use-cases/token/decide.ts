import { applyObligations } from '../../domain/obligations.js';
import type { Decision, Reason } from '../../domain/policy.js';
import { timed } from '../timed.js';
import type { Attempt, AuthorizeDeps, Gathered } from './attempt.js';
import { policyInput } from './input.js';

type Deps = Pick<AuthorizeDeps, 'policy' | 'clamp' | 'timer' | 'maxTtlSeconds'>;

/** Returns the clamped decision of the policy, which later steps cannot widen. */
export async function decide(deps: Deps, attempt: Attempt, gathered: Gathered): Promise<Decision> {
  const input = policyInput(attempt, gathered);
  const evaluation = await timed(deps, 'decide', () => deps.policy.decide(input));
  const resourceCap = attempt.resource.spec.max_ttl_seconds ?? deps.maxTtlSeconds;
  return deps.clamp(evaluation, input, [attempt.ttlSeconds, deps.maxTtlSeconds, resourceCap]);
}

/** The answer of a quarantine to one request. */
export interface Withheld {
  readonly reasons: readonly Reason[];
  /** True when the policy itself denied: a denial that an active agent would have got. */
  readonly denied: boolean;
}

/** The reason when the policy denies neither with the agent's grants nor without. */
const DENIED: Reason = {
  rule: 'countersign.denied',
  code: 'denied',
  message: 'The request was denied.',
};

/**
 * Returns the reasons for the denial of a quarantined agent, which must look like any other denial (ADR 0032).
 * A request that the policy denies has its reasons. Any other request has those of an agent without grants and roles.
 */
export async function withhold(
  deps: Deps,
  attempt: Attempt,
  gathered: Gathered,
  decision: Decision,
): Promise<Withheld> {
  const own = applyObligations(decision).decision;
  if (own.effect === 'deny') return { reasons: own.reasons, denied: true };
  const { agent } = attempt;
  const bare = { ...agent, spec: { ...agent.spec, grants: [], roles: [] } };
  // A fault is no reason to answer in another way: the request is denied in any case.
  const without = await decide(deps, { ...attempt, agent: bare }, gathered).catch(() => undefined);
  const { effect, reasons = [] } = without === undefined ? {} : applyObligations(without).decision;
  return { reasons: effect === 'deny' ? reasons : [DENIED], denied: false };
}
