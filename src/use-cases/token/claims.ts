import { audienceKey } from '../../domain/audience.js';
import { newShardedId } from '../../domain/ids.js';
import type { Decision } from '../../domain/policy.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { TokenClaims } from '../../domain/token.js';
import type { Attempt, AuthorizeDeps, Gathered } from './attempt.js';

/**
 * Returns the claims of a granted token:
 * RFC 9068 section 2.2 and the receipt. Times come from the shard's clock.
 */
export function claimsOf(
  deps: Pick<AuthorizeDeps, 'issuer' | 'shards'>,
  attempt: Attempt,
  gathered: Gathered,
  decision: Decision,
): TokenClaims {
  const id = attempt.agent.spec.id;
  const shard = shardOfAgent(id, deps.shards);
  const issuedAt = Math.floor(gathered.tickMs / 1000);
  const { session_id, task_id, user_id } = attempt.request.declared;
  return {
    iss: deps.issuer,
    aud: audienceOf(attempt),
    sub: id,
    client_id: id,
    iat: issuedAt,
    exp: issuedAt + decision.ttlSeconds,
    jti: newShardedId('jti', shard),
    scope: decision.scopes.join(' '),
    grant_id: newShardedId('grt', shard),
    decision_id: attempt.decisionId,
    ...(session_id === undefined ? {} : { session_id }),
    ...(task_id === undefined ? {} : { task_id }),
    ...(user_id === undefined ? {} : { user_id }),
    policy_revision: decision.revision,
    input_digest: decision.inputDigest,
  };
}

/**
 * Returns the audience that the request named (RFC 9068 section 3), as it is registered; the resource's first one for a
 * request by id.
 */
function audienceOf({ request, resource }: Pick<Attempt, 'request' | 'resource'>): string {
  const { id, audiences } = resource.spec;
  const asked = request.resource;
  return (
    audiences.find((uri) => uri === asked) ??
    audiences.find((uri) => audienceKey(uri) === audienceKey(asked)) ??
    audiences[0] ??
    id
  );
}
