import type { AccessQuestion } from '../../domain/access-evaluation.js';
import type { AuditEvent } from '../../domain/audit.js';
import { isRecordId, newDecisionId } from '../../domain/ids.js';
import type { RequestContext } from '../../domain/request.js';
import { isScope } from '../../domain/scope.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { Attempt, Gathered } from '../token/attempt.js';
import type { Caller } from './caller.js';
import type { Counted } from './count.js';
import { decisionEvent, requestEvent } from '../token/events.js';
import type { AppliedDecision } from '../../domain/obligations.js';

/** Why an evaluation had nothing to decide; recorded, and never in the answer. */
export type StrangerCode =
  | 'type_unknown'
  | 'scope_malformed'
  | 'subject_not_caller'
  | 'subject_unknown'
  | 'resource_unknown'
  | 'resource_not_callers';

const TYPE = 'policy.evaluated';
const RULE = 'countersign.evaluation';

/** The members of an event besides the decision. */
interface Noted {
  readonly answer: boolean;
  /** How it was counted in the agent's signals; undefined when it was not. */
  readonly counted: Counted | undefined;
  readonly unseen: readonly string[];
}

/** Returns the event of an evaluation that was decided, or answered no for an inactive agent. */
export function judgedEvent(
  attempt: Attempt,
  caller: Caller,
  { signals }: Gathered,
  by: (Omit<AppliedDecision, 'quarantine'> & Partial<AppliedDecision>) | string,
  { answer, counted, unseen }: Noted,
): AuditEvent {
  const event =
    typeof by === 'string'
      ? { ...requestEvent(attempt, TYPE, signals), effect: 'deny', rules: [RULE], codes: [by] }
      : decisionEvent(attempt, TYPE, { ...by, signals });
  const asked = typeof by !== 'string' && by.quarantine !== undefined;
  return {
    ...event,
    ...askedBy(caller),
    detail: {
      api: 'authzen',
      answer,
      ...(counted === undefined ? {} : { counted }),
      ...(unseen.length === 0 ? {} : { unseen }),
      // Only an evaluation by the agent itself has side effects.
      ...(asked && counted === undefined ? { not_done: ['quarantine'] } : {}),
    },
  };
}

/**
 * Returns the event of an evaluation with nothing to decide, and the id it is recorded under.
 * Free text of the caller is recorded only in the shape and length of ids and scopes.
 * @param atMs the time after the look-up, as in the decision id of a known subject
 */
export function strangerEvent(
  { shards, atMs }: { readonly shards: number; readonly atMs: number },
  { subject, action, resource, unseen }: AccessQuestion,
  caller: Caller,
  { requestId }: RequestContext,
  code: StrangerCode,
): { readonly event: AuditEvent; readonly recordedUnder: string; readonly decisionId: string } {
  const recordedUnder = isRecordId(subject.id) ? subject.id : caller.id;
  // In the shard of a known subject with this id: the decision id must not reveal whether it exists.
  const decisionId = newDecisionId(shardOfAgent(recordedUnder, shards), atMs);
  const event: AuditEvent = {
    type: TYPE,
    request_id: requestId,
    ...askedBy(caller),
    ...(caller.kind === 'agent' ? { agent_id: caller.id } : {}),
    ...(isRecordId(resource.id) ? { resource: resource.id } : {}),
    ...(isScope(action) ? { scopes_requested: [action] } : {}),
    decision_id: decisionId,
    effect: 'deny',
    rules: [RULE],
    codes: [code],
    detail: {
      api: 'authzen',
      answer: false,
      ...(isRecordId(subject.id) ? { subject: subject.id } : {}),
      ...(unseen.length === 0 ? {} : { unseen }),
    },
  };
  return { event, recordedUnder, decisionId };
}

/** Returns the event of a request with more evaluations than its caller's budget allows. */
export function refusedEvent(
  caller: Caller,
  evaluations: number,
  { requestId }: RequestContext,
): AuditEvent {
  return {
    type: 'access.refused',
    request_id: requestId,
    ...askedBy(caller),
    ...(caller.kind === 'agent' ? { agent_id: caller.id } : {}),
    codes: ['evaluation_rate'],
    detail: { api: 'authzen', evaluations },
  };
}

function askedBy({
  kind,
  id,
  authentication,
}: Caller): Pick<AuditEvent, 'principal' | 'authentication'> {
  return { principal: { kind, id }, authentication };
}
