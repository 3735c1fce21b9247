import type { AccessQuestion, EvaluationBatch, Judgement } from '../../domain/access-evaluation.js';
import { unavailable } from '../../domain/errors.js';
import type {
  AgentDirectory,
  DecisionRecorder,
  IntrospectionStore,
  EvaluationRecorder,
} from '../../domain/ports.js';
import type { AgentRecord, ResourceRecord } from '../../domain/records.js';
import type { ClientCredential, RequestContext } from '../../domain/request.js';
import { isScope } from '../../domain/scope.js';
import { gather, named, MAX_ATTEMPTS } from '../token/authorize.js';
import { decide, withhold } from '../token/decide.js';
import {
  MOVED,
  type Attempt,
  type AuthorizeDeps,
  type Counting,
  type Gathered,
} from '../token/attempt.js';
import {
  authenticateCaller,
  authenticateCallerAgain,
  type Caller,
  type CallerDeps,
} from './caller.js';
import { chargeEvaluations, type ChargeDeps } from './budget.js';
import { countedAs, countingOf, type Counted } from './count.js';
import { answerUnfit, noTo } from './answer-unfit.js';
import { refuseUndecided } from './refuse-undecided.js';
import { judgedEvent, strangerEvent, type StrangerCode } from './events.js';
import { applyObligations, type AppliedDecision } from '../../domain/obligations.js';
import { timed } from '../timed.js';
import { withholdUnseen } from './unseen-members.js';

export interface EvaluateAccessDeps
  extends
    CallerDeps,
    ChargeDeps,
    Pick<AuthorizeDeps, 'gatherer' | 'policy' | 'clamp' | 'signer' | 'clock' | 'timer' | 'shards'>,
    Pick<AuthorizeDeps, 'defaultTtlSeconds' | 'maxTtlSeconds' | 'costs'>,
    Pick<AuthorizeDeps, 'quarantine' | 'onGathered' | 'refusals' | 'onDecision'> {
  readonly agents: AgentDirectory;
  readonly recorder: DecisionRecorder;
  readonly permits: EvaluationRecorder;
  readonly store: Pick<IntrospectionStore, 'check'>;
}

interface Asking {
  readonly question: AccessQuestion;
  readonly caller: Caller;
  readonly credential: ClientCredential;
  readonly context: RequestContext;
  /** Number of the attempt, from 0. */
  readonly round: number;
  /** Shared by all rounds of this evaluation. */
  readonly counting: Counting;
}

/**
 * Answers the evaluations of a batch in order (OpenID AuthZEN Authorization API 1.0).
 * Each takes the steps of a token request up to the clamp, and is recorded before it is answered. Nothing is issued.
 * Resource servers evaluate their own resources without side effects; agents evaluate themselves, and are counted,
 * scored and quarantined as by a token request. Any other, unknown or uncertain evaluation is denied without a reason.
 * Throws `invalid_client`, `slow_down` and 503.
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
  await chargeEvaluations(deps, caller, batch.items.length, context);
  const judgements: Judgement[] = [];
  for (const item of batch.items) {
    const judged =
      'problem' in item
        ? { judgement: { decision: false, problem: item.problem }, caller }
        : await judge(deps, {
            ...{ question: item, caller, credential, context },
            ...{ round: 0, counting: countingOf(caller) },
          });
    caller = judged.caller;
    judgements.push(judged.judgement);
    if (judged.judgement.decision === batch.stopsOn) break;
  }
  return judgements;
}

/** Evaluates until the state is consistent. Returns the caller as authenticated last. */
async function judge(
  deps: EvaluateAccessDeps,
  first: Asking,
): Promise<{ readonly judgement: Judgement; readonly caller: Caller }> {
  let asking = first;
  for (let round = 0; round < MAX_ATTEMPTS; round++) {
    requireInTime(deps, asking);
    const judgement = await evaluate(deps, asking);
    if (judgement !== MOVED) return { judgement, caller: asking.caller };
    const caller = await authenticateCallerAgain(deps, asking.credential, asking.context);
    asking = { ...asking, caller, round: round + 1 };
  }
  throw unavailable('the state kept changing during one evaluation');
}

async function evaluate(
  deps: EvaluateAccessDeps,
  asking: Asking,
): Promise<Judgement | typeof MOVED> {
  const found = await lookUp(deps, asking);
  if (typeof found === 'string') return answerStranger(deps, asking, found);
  const attempt = attemptOf(deps, asking, found);
  const gathered = await gather(deps, attempt, asking.counting);
  if (gathered === MOVED) return MOVED;
  const decision = await decide(deps, attempt, gathered).catch((error: unknown) =>
    refuseUndecided(deps, attempt, { ...asking, gathered }, error),
  );
  // Evaluated first, as for a token request: the answer must not distinguish an inactive agent.
  if (gathered.status !== 'active') {
    const withheld = await withhold(deps, attempt, gathered, decision);
    return answerUnfit(deps, attempt, asking, gathered, gathered.status, withheld);
  }
  const judged = applyObligations(decision);
  await quarantineAsker(deps, attempt, asking, gathered, judged);
  const fulfilled = withholdUnseen(asking.question, judged);
  if (fulfilled.decision.scopes.includes(asking.question.action))
    return answerYes(deps, attempt, asking, gathered, fulfilled);
  // A withheld permit is not a denial that the agent caused.
  const counted = countedAs(asking.counting, judged.decision);
  return answerNo(deps, attempt, asking, gathered, { ...fulfilled, counted });
}

/**
 * Applies the policy's quarantine before the answer, if the agent evaluates itself; otherwise it is
 * only recorded.
 */
async function quarantineAsker(
  deps: EvaluateAccessDeps,
  { agent, context, decisionId }: Attempt,
  { counting }: Asking,
  { signals }: Gathered,
  { quarantine: reason }: AppliedDecision,
): Promise<void> {
  if (reason === undefined || counting.peeks === true) return;
  await deps.quarantine({ agent, reason, requestId: context.requestId, decisionId, signals });
}

/**
 * Returns agent and resource of a permitted evaluation; otherwise the reason why there is nothing to
 * decide.
 */
async function lookUp(
  deps: EvaluateAccessDeps,
  { question: { subject, action, resource }, caller, round }: Asking,
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
  { question: { action, ttlSeconds, declared }, caller, context }: Asking,
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
    // A resource server authenticates itself and not the agent.
    authentication: caller.kind === 'agent' ? caller.authentication : 'none',
    context,
    agent,
    resource,
    // The caller's generation, the older one: its permissions must be as new as the decision's state.
    registryGeneration: caller.registryGeneration,
  });
}

async function answerYes(
  deps: EvaluateAccessDeps,
  attempt: Attempt,
  asking: Asking,
  gathered: Gathered,
  { decision, alarms }: AppliedDecision,
): Promise<Judgement | typeof MOVED> {
  requireInTime(deps, asking);
  const { epoch, basis, generations, tickMs } = gathered;
  const recorded = await timed(deps, 'record', () =>
    deps.permits.recordPermit({
      agent: attempt.agent,
      epoch,
      basis,
      generations,
      expiresAtMs: tickMs + decision.ttlSeconds * 1000,
      resource: attempt.resource.spec.id,
      revision: decision.revision,
      declared: attempt.request.declared,
      event: judgedEvent(
        attempt,
        asking.caller,
        gathered,
        { decision, alarms },
        {
          ...{ answer: true, counted: countedAs(asking.counting) },
          unseen: asking.question.unseen,
        },
      ),
    }),
  );
  if (recorded.state === 'moved') return MOVED;
  // An operator's denial or revocation also covers evaluations.
  if (recorded.state === 'revoked') return answerUnfit(deps, attempt, asking, gathered, 'revoked');
  return { decision: true, decisionId: attempt.decisionId, ttlSeconds: decision.ttlSeconds };
}

async function answerNo(
  deps: EvaluateAccessDeps,
  attempt: Attempt,
  { question, caller }: Asking,
  gathered: Gathered,
  {
    decision,
    alarms,
    quarantine,
    counted,
  }: AppliedDecision & { readonly counted: Counted | undefined },
): Promise<Judgement> {
  const by = { decision, alarms, quarantine };
  const noted = { answer: false, counted, unseen: question.unseen };
  const event = judgedEvent(attempt, caller, gathered, by, noted);
  await timed(deps, 'record', () =>
    deps.recorder.record(attempt.agent.spec.id, event, counted === 'denial' ? 'denied' : 'none'),
  );
  return noTo(question, attempt.decisionId, {
    ...(decision.effect === 'review' ? { reviewRequired: true } : {}),
    // For a resource server a reason would reveal whether an agent exists.
    ...(caller.kind === 'agent' ? { reasons: decision.reasons } : {}),
  });
}

/** Answers no without a decision. Costs one read of the store, as a decision does. */
async function answerStranger(
  deps: EvaluateAccessDeps,
  { question, caller, context }: Asking,
  code: StrangerCode,
): Promise<Judgement | typeof MOVED> {
  // Before the read, as for a known subject: the time in the decision id must not tell them apart.
  const at = { shards: deps.shards, atMs: deps.clock.nowMs() };
  const { registryGeneration } = await timed(deps, 'check', () => deps.store.check(undefined));
  deps.catalogue.observe(registryGeneration);
  if (caller.registryGeneration !== registryGeneration) return MOVED;
  const { event, recordedUnder, decisionId } = strangerEvent(at, question, caller, context, code);
  await timed(deps, 'record', () => deps.recorder.record(recordedUnder, event, 'none'));
  return noTo(question, decisionId);
}

function requireInTime({ clock }: EvaluateAccessDeps, { context }: Asking): void {
  if (clock.nowMs() > context.deadlineMs) throw unavailable('past the deadline of an evaluation');
}
