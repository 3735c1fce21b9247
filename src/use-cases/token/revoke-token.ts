import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type {
  IntrospectionStore,
  RevocationStore,
  TokenSigner,
  TokenVerifier,
} from '../../domain/ports.js';
import type { RevocationDimension } from '../../domain/revocation.js';
import type { ClientCredential, RequestContext } from '../../domain/request.js';
import type { ClientAuthenticator } from '../../domain/authentication.js';

export interface RevokeTokenDeps {
  readonly authenticator: ClientAuthenticator;
  readonly verifier: TokenVerifier;
  readonly signer: Pick<TokenSigner, 'sync'>;
  readonly store: IntrospectionStore;
  readonly revocations: RevocationStore;
  readonly onRevocation: (by: RevocationDimension) => void;
}

/**
 * Revokes a token of the calling agent (RFC 7009), with immediate effect.
 * Resolves for foreign, forged and unknown tokens too, after the same reads: the answer must not tell whether a token
 * is one of this issuer. Throws `invalid_client`, and 503 when the token still exists.
 */
export async function revokeToken(
  deps: RevokeTokenDeps,
  token: string,
  credential: ClientCredential,
  context: RequestContext,
): Promise<void> {
  const { authenticator } = deps;
  const origin = { ...context, endpoint: 'revoke' } as const;
  let agent = await authenticator.authenticateAgent(credential, undefined, origin);
  const known = await verifyWithNewestKeys(deps, token);
  if (known === undefined) return;
  if (known.claims.sub !== agent.spec.id) {
    // An unknown token costs this read, and fails without the store.
    await deps.store.check(undefined);
    return;
  }
  const revocation = {
    revId: newId('rev'),
    by: 'token',
    value: known.claims.jti,
    reason: 'revoked by its holder',
    denyUntilLifted: false,
    principal: { kind: 'agent', id: agent.spec.id },
    requestId: context.requestId,
  } as const;
  for (let round = 0; round < 2; round++) {
    const outcome = await deps.revocations.revokeOwnToken(agent, known.claims.jti, revocation);
    if (outcome === 'done') {
      deps.onRevocation('token');
      return;
    }
    agent = await authenticator.authenticateAgentAgain(credential, undefined, origin);
  }
  throw new CountersignError('temporarily_unavailable', 'The token still exists.', {
    retryAfterSeconds: 1,
  });
}

/** Verifies after reading the newest keys: an unread key must not make an active token look unknown. */
export async function verifyWithNewestKeys(
  deps: Pick<RevokeTokenDeps, 'verifier' | 'signer' | 'store'>,
  token: string,
): Promise<ReturnType<TokenVerifier['verify']>> {
  const known = deps.verifier.verify(token);
  if (known !== undefined) return known;
  const { keyringGeneration } = await deps.store.check(undefined);
  await deps.signer.sync(keyringGeneration);
  return deps.verifier.verify(token);
}
