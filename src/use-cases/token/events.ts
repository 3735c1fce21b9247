import type { AuditEvent } from '../../domain/audit.js';
import type { Decision } from '../../domain/policy.js';
import { saidOf, type Signals } from '../../domain/signals.js';
import type { SignedToken, TokenClaims } from '../../domain/token.js';
import type { Attempt } from './attempt.js';
import { honeyScopesAmong } from './honey.js';
import type { KeptInput } from '../../domain/kept-input.js';

/** The facts of a decision for its event. */
export interface DecisionFacts {
  readonly decision: Decision;
  readonly alarms: readonly string[];
  readonly signals: Signals;
  readonly kept?: KeptInput | undefined;
}

/** Returns the common members of a request's events: agent, request and decision id. */
export function requestEvent(
  attempt: Attempt,
  type: AuditEvent['type'],
  { anomaly, terms }: Signals,
): AuditEvent {
  const honey = honeyScopesAmong(attempt.request.scopes, attempt.resource.spec.scopes);
  const { agent, request, context, authentication } = attempt;
  const { session_id, task_id, user_id, reason } = request.declared;
  return {
    type,
    request_id: context.requestId,
    principal: { kind: 'agent', id: agent.spec.id },
    agent_id: agent.spec.id,
    ...(session_id === undefined ? {} : { session_id }),
    ...(task_id === undefined ? {} : { task_id }),
    ...(user_id === undefined ? {} : { user_id }),
    ...(reason === undefined ? {} : { declared_reason: reason }),
    resource: attempt.resource.spec.id,
    scopes_requested: request.scopes,
    decision_id: attempt.decisionId,
    authentication,
    ...(context.clientFingerprint === undefined ? {} : { client: context.clientFingerprint }),
    ...(honey === 0 ? {} : { honey_scopes: honey }),
    anomaly,
    ...(terms.length === 0 ? {} : { signals: saidOf(terms) }),
    ...(request.ttlSeconds === undefined ? {} : { ttl_seconds_requested: request.ttlSeconds }),
  };
}

/** Returns an event with the policy's decision. */
export function decisionEvent(
  attempt: Attempt,
  type: AuditEvent['type'],
  { decision, alarms, signals, kept }: DecisionFacts,
): AuditEvent {
  return {
    ...requestEvent(attempt, type, signals),
    effect: decision.effect,
    rules: [...new Set(decision.reasons.map(({ rule }) => rule))],
    codes: [...new Set(decision.reasons.map(({ code }) => code))],
    ...(decision.removed.length === 0 ? {} : { removed: decision.removed }),
    policy_revision: decision.revision,
    input_digest: decision.inputDigest,
    ...(decision.clamped ? { clamped: true } : {}),
    ...(alarms.length === 0 ? {} : { alarms }),
    detail: { evaluation_micros: Math.round(decision.evaluationMicros) },
    ...kept?.note,
  };
}

/** Returns the event that is committed before the token it names. */
export function grantedEvent(
  attempt: Attempt,
  outcome: DecisionFacts,
  claims: TokenClaims,
  signed: SignedToken,
): AuditEvent {
  const { decision } = outcome;
  return {
    ...decisionEvent(attempt, 'access.granted', outcome),
    scopes_granted: decision.scopes,
    ttl_seconds_granted: decision.ttlSeconds,
    expires_at_ms: claims.exp * 1000,
    grant_id: claims.grant_id,
    jti: claims.jti,
    kid: signed.kid,
  };
}
