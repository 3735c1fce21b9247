import { MAX_EVALUATIONS } from '../../domain/access-evaluation.js';
import { isResourceServerSecret } from '../../domain/secrets/mask.js';
import type { BudgetLimit } from '../../domain/budget.js';
import type { Catalogue } from '../../domain/ports.js';
import type { AgentRecord, RateLimit, ResourceServerRecord } from '../../domain/records.js';
import type { ClientCredential, RequestContext } from '../../domain/request.js';
import type { ClientAuthenticator } from '../../domain/authentication.js';

export interface CallerDeps {
  readonly authenticator: ClientAuthenticator;
  readonly catalogue: Catalogue;
  /** The request budget of an agent. */
  readonly rateOf: (agent: AgentRecord) => RateLimit;
}

interface Proven {
  readonly id: string;
  /** The authentication method of the caller. */
  readonly authentication: string;
  /** The registry generation at the time of the authentication. */
  readonly registryGeneration: number | undefined;
  /** The evaluation budget of the caller. */
  readonly limit: BudgetLimit;
}

/** The authenticated caller. */
export type Caller = Proven &
  (
    | { readonly kind: 'agent'; readonly record: AgentRecord }
    | { readonly kind: 'resource_server'; readonly record: ResourceServerRecord }
  );

/** Limit of a resource server, which may request an evaluation before each call it serves. */
const RESOURCE_SERVER_LIMIT: BudgetLimit = { burst: 2000, per_minute: 30_000 };

/** Authenticates the caller. Throws `invalid_client` and `slow_down`, as introspection does. */
export function authenticateCaller(
  deps: CallerDeps,
  credential: ClientCredential,
  context: RequestContext,
): Promise<Caller> {
  return proveCaller(deps, credential, context, 'authenticateAgent');
}

/**
 * Authenticates the caller again later in the request, against the current store, without consuming an
 * assertion again.
 */
export function authenticateCallerAgain(
  deps: CallerDeps,
  credential: ClientCredential,
  context: RequestContext,
): Promise<Caller> {
  return proveCaller(deps, credential, context, 'authenticateAgentAgain');
}

async function proveCaller(
  deps: CallerDeps,
  credential: ClientCredential,
  context: RequestContext,
  asAgent: 'authenticateAgent' | 'authenticateAgentAgain',
): Promise<Caller> {
  const { authenticator, catalogue } = deps;
  const origin = { ...context, endpoint: 'evaluate' } as const;
  const { method: authentication } = credential;
  // Taken before the read: a concurrent change of the record shows as another generation.
  const registryGeneration = catalogue.generation();
  // The prefix of a secret selects the kind of client; the verification does not rely on it.
  if ('secret' in credential && isResourceServerSecret(credential.secret)) {
    const record = await authenticator.authenticateResourceServer(credential, origin);
    const { id } = record.spec;
    const limit = RESOURCE_SERVER_LIMIT;
    return { kind: 'resource_server', id, record, authentication, registryGeneration, limit };
  }
  const record = await authenticator[asAgent](credential, undefined, origin);
  const limit = limitOf(deps.rateOf(record));
  return { kind: 'agent', id: record.spec.id, record, authentication, registryGeneration, limit };
}

/**
 * Returns the evaluation limit of an agent: the size of its request budget, counted separately, at
 * least one full batch.
 */
function limitOf({ per_minute, burst }: RateLimit): BudgetLimit {
  return { burst: Math.max(burst, MAX_EVALUATIONS), per_minute };
}
