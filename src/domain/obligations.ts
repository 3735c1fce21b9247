import type { Decision, Obligation, Reason } from './policy.js';

export interface AppliedDecision {
  readonly decision: Decision;
  /** Alarms for operators; they are recorded in the event. */
  readonly alarms: readonly string[];
  /** The policy's reason to quarantine the agent; undefined when it did not order a quarantine. */
  readonly quarantine: string | undefined;
}

/** A reason that hides what would have been granted: it must not distinguish a trap from a denial. */
const DENIED: Reason = {
  rule: 'countersign.obligations',
  code: 'denied',
  message: 'The request was denied.',
};

/** Applies the policy's obligations. An unknown obligation turns the result into a denial (I4). */
export function applyObligations(decision: Decision): AppliedDecision {
  const alarms: string[] = [];
  let quarantine: string | undefined;
  for (const obligation of decision.obligations) {
    const text = understood(obligation);
    if (text === undefined) return { decision: denied(decision, obligation), alarms, quarantine };
    if (obligation.type === 'alarm') alarms.push(text);
    else quarantine = text;
  }
  // A decision that quarantines the agent must not also give it a token.
  if (quarantine !== undefined && decision.effect !== 'deny') {
    const reasons = [DENIED];
    return { decision: { ...withoutGrant(decision), reasons }, alarms, quarantine };
  }
  return { decision, alarms, quarantine };
}

function understood({ type, properties }: Obligation): string | undefined {
  if (type === 'alarm') {
    const { signal, scope } = properties;
    if (typeof signal !== 'string') return undefined;
    return typeof scope === 'string' ? `${signal}: ${scope}` : signal;
  }
  if (type === 'quarantine') {
    const { reason } = properties;
    return typeof reason === 'string' ? reason : undefined;
  }
  return undefined;
}

function denied(decision: Decision, obligation: Obligation): Decision {
  return {
    ...withoutGrant(decision),
    reasons: [
      {
        rule: 'countersign.obligations',
        code: 'obligation_not_understood',
        message: `The policy asks for something this service cannot do (${obligation.id}).`,
      },
    ],
  };
}

function withoutGrant(decision: Decision): Decision {
  return { ...decision, effect: 'deny', scopes: [], ttlSeconds: 0, removed: [] };
}
