import { CountersignError, unavailable } from '../../domain/errors.js';
import { newDecisionId } from '../../domain/ids.js';
import type { AgentRecord } from '../../domain/records.js';
import type { AccessRequest, ClientCredential, RequestContext } from '../../domain/request.js';
import { shardOfAgent } from '../../domain/shard.js';
import { claimsOf } from './claims.js';
import { decide } from './decide.js';
import { grantedEvent } from './events.js';
import { applyObligations, type AppliedDecision } from '../../domain/obligations.js';
import { honeyScopesAmong } from './honey.js';
import type { AccessGranted } from '../operations.js';
import { keptInput } from './kept-input.js';
import {
  refuse,
  refuseExhausted,
  refuseLimited,
  refuseQuarantined,
  refuseRevoked,
} from './refuse.js';
import { chargeShared, costOfRequest } from './shared-rate.js';
import { timed } from '../timed.js';
import {
  type AuthorizeDeps,
  type Counting,
  MOVED,
  type Attempt,
  type Gathered,
} from './attempt.js';
/**
 * Maximum number of attempts per request.
 * One first attempt, one retry after a stale gather and one after a rejected commit. The retries are doubled because
 * changes come in pairs: a key signs, and the next one is published.
 */
export const MAX_ATTEMPTS = 5;

/**
 * Decides one access request and, if the policy allows, issues the token it grants.
 * Throws a CountersignError for every answer that is not a token; each decision is recorded before it is answered.
 */
export async function authorize(
  deps: AuthorizeDeps,
  request: AccessRequest,
  credential: ClientCredential,
  context: RequestContext,
): Promise<AccessGranted> {
  const { authenticator } = deps;
  const { clientIdAlias } = request;
  const origin = { ...context, endpoint: 'token' } as const;
  const counted: Counting = { done: false };
  let agent = await timed(deps, 'authenticate', () =>
    authenticator.authenticateAgent(credential, clientIdAlias, origin),
  );
  for (let round = 0; round < MAX_ATTEMPTS; round++) {
    const attempt = await prepare(deps, request, credential.method, context, agent);
    const outcome = await tryOnce(deps, attempt, counted);
    if (outcome !== MOVED) return outcome;
    agent = await authenticator.authenticateAgentAgain(credential, clientIdAlias, origin);
  }
  throw unavailable('the state kept changing during one request');
}

async function prepare(
  deps: AuthorizeDeps,
  request: AccessRequest,
  authentication: string,
  context: RequestContext,
  agent: AgentRecord,
): Promise<Attempt> {
  // Taken before the read: a concurrent change of the record shows as another generation.
  const registryGeneration = deps.catalogue.generation();
  const resource = await deps.catalogue.resource(request.resource);
  if (resource === undefined) {
    throw new CountersignError('invalid_target', 'The resource is not registered.');
  }
  return named(deps, { request, authentication, context, agent, resource, registryGeneration });
}

/** Returns the attempt with its decision id and requested lifetime. */
export function named(
  deps: Pick<AuthorizeDeps, 'clock' | 'shards' | 'defaultTtlSeconds' | 'maxTtlSeconds'>,
  known: Omit<Attempt, 'decisionId' | 'ttlSeconds'>,
): Attempt {
  const asked = known.request.ttlSeconds ?? deps.defaultTtlSeconds;
  return {
    ...known,
    decisionId: decisionIdOf(deps, known.agent, deps.clock.nowMs()),
    ttlSeconds: Math.min(asked, deps.maxTtlSeconds),
  };
}

/** Returns a new decision id of the agent's shard. */
export function decisionIdOf(
  { shards }: Pick<AuthorizeDeps, 'shards'>,
  agent: AgentRecord,
  atMs: number,
): string {
  return newDecisionId(shardOfAgent(agent.spec.id, shards), atMs);
}

async function tryOnce(
  deps: AuthorizeDeps,
  prepared: Attempt,
  counted: Counting,
): Promise<AccessGranted | typeof MOVED> {
  const own = await gather(deps, prepared, counted);
  if (own === MOVED) return MOVED;
  // All ids carry the shard's time: another clock would reveal a counted refusal.
  const attempt = { ...prepared, decisionId: decisionIdOf(deps, prepared.agent, own.tickMs) };
  if (own.rate.limited) return refuseLimited(deps, attempt, own);
  const gathered = await chargeShared(deps, attempt, own, counted);
  if (gathered.rate.limited) return refuseLimited(deps, attempt, gathered);

  const decision = await decide(deps, attempt, gathered).catch((error: unknown) =>
    refuseExhausted(deps, attempt, gathered, error),
  );
  // Evaluated first: the answer is that of an active agent to every request without a grant.
  if (gathered.status !== 'active')
    return refuseQuarantined(deps, attempt, gathered, decision, counted);
  const fulfilled = applyObligations(decision);
  if (fulfilled.quarantine !== undefined) {
    await deps.quarantine({
      agent: attempt.agent,
      reason: fulfilled.quarantine,
      requestId: attempt.context.requestId,
      decisionId: attempt.decisionId,
      signals: gathered.signals,
    });
  }
  deps.onDecision(fulfilled.decision.effect);
  if (fulfilled.decision.effect === 'deny' || fulfilled.decision.effect === 'review') {
    return refuse(deps, attempt, gathered, fulfilled, counted);
  }
  return issue(deps, attempt, gathered, fulfilled);
}

/** Reads the state for a decision; MOVED when agent or registry differ from the prepared attempt. */
export async function gather(
  deps: Pick<AuthorizeDeps, 'gatherer' | 'catalogue' | 'signer' | 'policy' | 'timer' | 'costs'> &
    Partial<Pick<AuthorizeDeps, 'onGathered'>>,
  attempt: Attempt,
  counted: Counting,
): Promise<Gathered | typeof MOVED> {
  const { agent, resource, request, registryGeneration } = attempt;
  const gathered = await timed(deps, 'gather', () =>
    deps.gatherer.gather({
      agent,
      resource: resource.spec.id,
      scopes: request.scopes,
      honeyScopes: honeyScopesAmong(request.scopes, resource.spec.scopes),
      cost: counted.uncharged === true ? 0 : costOfRequest(deps, attempt),
      declared: request.declared,
      sent: {
        by: counted.uncharged === true ? 'evaluation' : attempt.authentication,
        clientFingerprint: attempt.context.clientFingerprint,
      },
      count: counted.peeks === true ? 'peek' : !counted.done,
    }),
  );
  if (gathered.state === 'agent_changed') return MOVED;
  if (!counted.done && counted.peeks !== true) deps.onGathered?.(agent, gathered);
  if (!counted.done) counted.repeats = gathered.repeats === true;
  counted.done = true;
  // Refused even if the state has changed: another round would not be counted, and so not be limited.
  if (gathered.rate.limited && counted.peeks !== true) return gathered;
  deps.catalogue.observe(gathered.generations.registry);
  await deps.signer.sync(gathered.generations.keyring);
  await deps.policy.sync(gathered.generations.policy);
  return registryGeneration === gathered.generations.registry ? gathered : MOVED;
}

async function issue(
  deps: AuthorizeDeps,
  attempt: Attempt,
  gathered: Gathered,
  { decision, alarms }: AppliedDecision,
): Promise<AccessGranted | typeof MOVED> {
  const claims = claimsOf(deps, attempt, gathered, decision);
  const signed = await timed(deps, 'sign', () => Promise.resolve(deps.signer.sign(claims)));
  if (deps.clock.nowMs() > attempt.context.deadlineMs)
    throw unavailable('past the deadline before commit');
  const kept = keptInput(deps, decision);
  const committed = await timed(deps, 'commit', () =>
    deps.committer.commit({
      agent: attempt.agent,
      epoch: gathered.epoch,
      basis: gathered.basis,
      generations: gathered.generations,
      claims,
      signed,
      resource: attempt.resource.spec.id,
      event: grantedEvent(
        attempt,
        { decision, alarms, signals: gathered.signals, kept },
        claims,
        signed,
      ),
      inputText: kept?.text,
    }),
  );
  if (committed.state === 'moved') return MOVED;
  // The key was revoked since it signed: retry with another key.
  if (committed.state === 'revoked' && committed.dimension.startsWith('key:')) return MOVED;
  if (committed.state === 'revoked')
    return refuseRevoked(deps, attempt, gathered, decision, committed.dimension);
  if (committed.state === 'refused') {
    // Times are whole seconds: a second that ended since the gather can be the whole lifetime.
    if (committed.why === 'expired') return MOVED;
    throw unavailable(`commit refused: ${committed.why}`);
  }
  return {
    token: signed.token,
    scopes: decision.scopes,
    narrowed: decision.removed.length > 0 || decision.scopes.length < attempt.request.scopes.length,
    removed: decision.removed,
    ttlSeconds: decision.ttlSeconds,
    resource: attempt.resource.spec.id,
    grantId: claims.grant_id,
    decisionId: attempt.decisionId,
    rate: gathered.rate,
  };
}
