import type { AccessQuestion, EvaluationBatch, Judgement } from '../domain/access-evaluation.js';
import { unavailable } from '../domain/errors.js';
import type {
  AgentDirectory,
  DecisionRecorder,
  IntrospectionStore,
  PermitRecorder,
} from '../domain/ports.js';
import type { AgentRecord, ResourceRecord } from '../domain/records.js';
import type { ClientCredential, RequestContext } from '../domain/request.js';
import { isScope } from '../domain/scope.js';
import {
  decide,
  gather,
  MOVED,
  named,
  ROUNDS,
  type Attempt,
  type AuthorizeDeps,
  type Gathered,
} from './authorize.js';
import {
  authenticateCaller,
  authenticateCallerAgain,
  type Caller,
  type CallerDeps,
} from './evaluation-caller.js';
import type { EvaluationBudget } from './evaluation-budget.js';
import { judgedEvent, strangerEvent, type StrangerCode } from './evaluation-events.js';
import { fulfil, type Fulfilled } from '../domain/fulfil.js';
import { timed } from './timed.js';

export interface EvaluateAccessDeps
  extends
    CallerDeps,
    Pick<AuthorizeDeps, 'gatherer' | 'policy' | 'clamp' | 'signer' | 'clock' | 'timer' | 'shards'>,
    Pick<AuthorizeDeps, 'defaultTtlSeconds' | 'maxTtlSeconds' | 'costs'> {
  readonly agents: AgentDirectory;
  readonly recorder: DecisionRecorder;
  readonly permits: PermitRecorder;
  readonly store: Pick<IntrospectionStore, 'check'>;
  readonly budget: EvaluationBudget;
}

interface Asking {
  readonly caller: Caller;
  readonly credential: ClientCredential;
  readonly context: RequestContext;
  /** Which try this is, from 0. */
  readonly round: number;
}

/**
 * Answers the questions of a batch, one after the other, each by the same steps as a token request up to the clamp,
 * and each recorded before it is answered (OpenID AuthZEN Authorization API 1.0). Nothing is issued, counted or
 * changed. Resource servers ask about their own resources, agents about themselves; whatever else is asked, is not
 * known or is in doubt is a plain no. Throws `invalid_client`, `slow_down` and 503.
 */
export async function evaluateAccess(
  deps: EvaluateAccessDeps,
  batch: EvaluationBatch,
  credential: ClientCredential,
  context: RequestContext,
): Promise<readonly Judgement[]> {
  let caller = await timed(deps, 'authenticate', () =>
    authenticateCaller(deps, credential, context),
  );
  deps.budget.charge(`${caller.kind} ${caller.id}`, batch.items.length, caller.limit);
  const judgements: Judgement[] = [];
  for (const item of batch.items) {
    const judged =
      'problem' in item
        ? { judgement: { decision: false, problem: item.problem }, caller }
        : await judge(deps, item, { caller, credential, context, round: 0 });
    caller = judged.caller;
    judgements.push(judged.judgement);
    if (judged.judgement.decision === batch.stopsOn) break;
  }
  return judgements;
}

/** Evaluates until what was read holds still; returns the caller as it was proven last. */
async function judge(
  deps: EvaluateAccessDeps,
  question: AccessQuestion,
  first: Asking,
): Promise<{ readonly judgement: Judgement; readonly caller: Caller }> {
  let asking = first;
  for (let round = 0; round < ROUNDS; round++) {
    requireInTime(deps, asking);
    const judgement = await evaluate(deps, question, asking);
    if (judgement !== MOVED) return { judgement, caller: asking.caller };
    const caller = await authenticateCallerAgain(deps, asking.credential, asking.context);
    asking = { ...asking, caller, round: round + 1 };
  }
  throw unavailable('the state kept moving under one question');
}

async function evaluate(
  deps: EvaluateAccessDeps,
  question: AccessQuestion,
  asking: Asking,
): Promise<Judgement | typeof MOVED> {
  const found = await lookUp(deps, question, asking);
  if (typeof found === 'string') return answerStranger(deps, question, asking, found);
  const now = attemptOf(deps, question, asking, found);
  const gathered = await gather(deps, now, { done: false, peeks: true });
  if (gathered === MOVED) return MOVED;
  if (gathered.status !== 'active')
    return answerUnfit(deps, now, asking, gathered, gathered.status);

  // What the policy obliges the service to is on the record and not done: a question changes nothing.
  const fulfilled = fulfil(await decide(deps, now, gathered));
  return fulfilled.decision.scopes.includes(question.action)
    ? answerYes(deps, now, asking, gathered, fulfilled)
    : answerNo(deps, now, asking, gathered, fulfilled);
}

/** Who and what a question is about, when this caller may ask it; else why there is nothing to decide. */
async function lookUp(
  deps: EvaluateAccessDeps,
  { subject, action, resource }: AccessQuestion,
  { caller, round }: Asking,
): Promise<{ readonly agent: AgentRecord; readonly resource: ResourceRecord } | StrangerCode> {
  if (subject.type !== 'agent' || resource.type !== 'resource') return 'type_unknown';
  if (!isScope(action)) return 'scope_malformed';
  if (caller.kind === 'agent' && subject.id !== caller.id) return 'subject_not_caller';
  const target = await deps.catalogue.resource(resource.id);
  if (target === undefined) return 'resource_unknown';
  if (caller.kind === 'agent') return { agent: caller.record, resource: target };
  if (!caller.record.spec.resources.includes(target.spec.id)) return 'resource_not_callers';
  const { agents } = deps;
  const agent = await (round === 0 ? agents.find(subject.id) : agents.refresh(subject.id));
  return agent === undefined ? 'subject_unknown' : { agent, resource: target };
}

function attemptOf(
  deps: EvaluateAccessDeps,
  { action, ttlSeconds, declared }: AccessQuestion,
  { caller, context }: Asking,
  { agent, resource }: { readonly agent: AgentRecord; readonly resource: ResourceRecord },
): Attempt {
  return named(deps, {
    request: {
      codec: 'json',
      clientIdAlias: undefined,
      resource: resource.spec.id,
      scopes: [action],
      ttlSeconds,
      declared,
    },
    // A resource server proves itself and not the agent.
    authentication: caller.kind === 'agent' ? caller.authentication : 'none',
    context,
    agent,
    resource,
    // The caller's, which is the older: what it may ask about must be as new as what is decided on.
    registryGeneration: caller.registryGeneration,
  });
}

async function answerYes(
  deps: EvaluateAccessDeps,
  now: Attempt,
  asking: Asking,
  gathered: Gathered,
  { decision, alarms }: Fulfilled,
): Promise<Judgement | typeof MOVED> {
  requireInTime(deps, asking);
  const { epoch, basis, generations, tickMs } = gathered;
  const recorded = await timed(deps, 'record', () =>
    deps.permits.recordPermit({
      agent: now.agent,
      epoch,
      basis,
      generations,
      expiresAtMs: tickMs + decision.ttlSeconds * 1000,
      resource: now.resource.spec.id,
      revision: decision.revision,
      declared: now.request.declared,
      event: judgedEvent(now, asking.caller, gathered, { decision, alarms }, true),
    }),
  );
  if (recorded.state === 'moved') return MOVED;
  // An operator's denial or revocation covers what a token would be.
  if (recorded.state === 'revoked') return answerUnfit(deps, now, asking, gathered, 'revoked');
  return { decision: true, decisionId: now.decisionId, ttlSeconds: decision.ttlSeconds };
}

async function answerNo(
  deps: EvaluateAccessDeps,
  now: Attempt,
  { caller }: Asking,
  gathered: Gathered,
  { decision, alarms, quarantine }: Fulfilled,
): Promise<Judgement> {
  const event = judgedEvent(now, caller, gathered, { decision, alarms, quarantine }, false);
  await timed(deps, 'record', () => deps.recorder.record(now.agent.spec.id, event, 'none'));
  return {
    decision: false,
    decisionId: now.decisionId,
    ...(decision.effect === 'review' ? { reviewRequired: true } : {}),
    // To a resource server a reason would tell an agent that exists from one that does not.
    ...(caller.kind === 'agent' ? { reasons: decision.reasons } : {}),
  };
}

/** No, whatever the policy says: the agent is not active, or revoked. The answer does not tell. */
async function answerUnfit(
  deps: EvaluateAccessDeps,
  now: Attempt,
  { caller }: Asking,
  gathered: Gathered,
  why: 'revoked' | AgentRecord['status'],
): Promise<Judgement> {
  const event = judgedEvent(now, caller, gathered, `agent_${why}`, false);
  await timed(deps, 'record', () => deps.recorder.record(now.agent.spec.id, event, 'none'));
  return { decision: false, decisionId: now.decisionId };
}

/** No, since there is nothing to decide for this caller. Costs a look at the store, as a decision does. */
async function answerStranger(
  deps: EvaluateAccessDeps,
  question: AccessQuestion,
  { caller, context }: Asking,
  code: StrangerCode,
): Promise<Judgement | typeof MOVED> {
  const { registryGeneration } = await timed(deps, 'check', () => deps.store.check(undefined));
  deps.catalogue.observe(registryGeneration);
  if (caller.registryGeneration !== registryGeneration) return MOVED;
  const { event, recordedUnder, decisionId } = strangerEvent(deps, question, caller, context, code);
  await timed(deps, 'record', () => deps.recorder.record(recordedUnder, event, 'none'));
  return { decision: false, decisionId };
}

function requireInTime({ clock }: EvaluateAccessDeps, { context }: Asking): void {
  if (clock.nowMs() > context.deadlineMs) throw unavailable('past the deadline of an evaluation');
}
