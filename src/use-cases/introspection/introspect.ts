import { unavailable } from '../../domain/errors.js';
import type {
  Catalogue,
  IntrospectionStore,
  IntrospectionVerdict,
  MisuseCounter,
  TokenSigner,
  TokenVerifier,
  UseCounter,
} from '../../domain/ports.js';
import type { ResourceServerRecord } from '../../domain/records.js';
import type { ClientCredential, RequestContext } from '../../domain/request.js';
import type { TokenClaims } from '../../domain/token.js';
import { timed } from '../timed.js';
import type { Introspection } from '../operations.js';
import type { StageTimer } from '../ports.js';
import type { ClientAuthenticator } from '../../domain/authentication.js';

export interface IntrospectDeps {
  readonly authenticator: ClientAuthenticator;
  readonly catalogue: Catalogue;
  readonly verifier: TokenVerifier;
  readonly signer: Pick<TokenSigner, 'sync'>;
  readonly store: IntrospectionStore;
  readonly uses: UseCounter;
  readonly misuses: MisuseCounter;
  readonly timer: StageTimer;
  readonly onVerdict: (why: IntrospectionVerdict['why'] | 'not_ours' | 'audience') => void;
}

/** Maximum number of reads of one request while the registry keeps changing. */
const ROUNDS = 3;
const INACTIVE: Introspection = { active: false };

/**
 * Returns whether a token is active, for the calling resource server (RFC 7662).
 * Unknown, expired, revoked, malformed and foreign tokens get an identical answer at an equal cost. Throws
 * `invalid_client`, `slow_down` or 503.
 */
export async function introspect(
  deps: IntrospectDeps,
  token: string,
  credential: ClientCredential,
  context: RequestContext,
): Promise<Introspection> {
  const { authenticator, catalogue } = deps;
  const origin = { ...context, endpoint: 'introspect' } as const;
  for (let round = 0; round < ROUNDS; round++) {
    const registryGeneration = catalogue.generation();
    const caller = await timed(deps, 'authenticate', () =>
      authenticator.authenticateResourceServer(credential, origin),
    );
    const keys = deps.verifier.generation();
    const known = deps.verifier.verify(token);
    const owner = known && (await catalogue.resource(known.claims.aud))?.spec.id;
    const verdict = await timed(deps, 'check', () =>
      deps.store.check(
        known && { jti: known.claims.jti, sha256: known.sha256, aud: known.claims.aud },
      ),
    );
    await deps.signer.sync(verdict.keyringGeneration);
    catalogue.observe(verdict.registryGeneration);
    // The cached registry was stale or ahead of the store: retry.
    if (registryGeneration !== verdict.registryGeneration) continue;
    // A change of keys matters only if it changes the verification of this token; a concurrent request may have read
    // them.
    if (keys !== deps.verifier.generation() && !isStill(known, deps.verifier.verify(token)))
      continue;
    return answer(deps, caller, known?.claims, owner, verdict);
  }
  throw unavailable('the registry or the verification of the token changed in every round');
}

/** Returns whether a token still verifies or still fails, as before; its content never changes. */
function isStill(before: object | undefined, now: object | undefined): boolean {
  return (before === undefined) === (now === undefined);
}

/**
 * Answers a resource server about tokens for its own resources only.
 * It must hold the resource in the token's record, or the resource that has the token's audience now (`owner`). A URI
 * may have moved to another resource since.
 */
function answer(
  deps: IntrospectDeps,
  { spec: { id: callerId, resources } }: ResourceServerRecord,
  claims: TokenClaims | undefined,
  owner: string | undefined,
  verdict: IntrospectionVerdict,
): Introspection {
  if (claims === undefined) {
    deps.onVerdict('not_ours');
    return INACTIVE;
  }
  const { resource } = verdict;
  const holds = (id: string | undefined): boolean => id !== undefined && resources.includes(id);
  const active = verdict.active && holds(resource) && resource === owner;
  // An agent that presents a token at its URI is no misuse, whichever resource has the URI now.
  if (holds(resource) || holds(owner)) {
    deps.onVerdict(active === verdict.active ? verdict.why : 'audience');
    deps.uses.count(claims, callerId, active);
  } else {
    deps.onVerdict('audience');
    deps.misuses.count(claims, callerId);
  }
  return active ? { active, claims } : INACTIVE;
}
