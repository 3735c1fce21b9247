import type { CommitRequest, CommitResult, GrantCommitter } from '../../domain/ports.js';
import { revocationField, type RevocationDimension } from '../../domain/revocation.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { SignedToken, TokenClaims } from '../../domain/token.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** The stored record of a token; member names are short because there is one per token. */
interface TokenRecord {
  readonly s: 'active';
  /** Lower-case hex SHA-256 of the token. */
  readonly h: string;
  readonly e: string;
  readonly b: number;
  /** Expiry, milliseconds since the Unix epoch. */
  readonly x: number;
  /** Fields of the revocation hash that would cover it. */
  readonly c: readonly string[];
  readonly g: string;
}

/** The stored record of a grant, used by the events of expiry and revocation. */
export interface GrantRecord {
  readonly agent_id: string;
  readonly session_id?: string;
  readonly task_id?: string;
  readonly user_id?: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly jti: string;
  readonly decision_id: string;
  readonly expires_at_ms: number;
}

/** Creates the commit: one script that writes the audit event first and the token last, or nothing. */
export function createGrantCommitter(
  { runner, keys, shards }: StoreContext,
  keepAfterExpiryMs: number,
): GrantCommitter {
  return {
    async commit(request) {
      const { agent, claims, signed, generations } = request;
      const id = agent.spec.id;
      const shard = shardOfAgent(id, shards);
      const reply = await runner.run(
        'commitGrant',
        [
          keys.meta(shard),
          keys.audit(shard),
          keys.revocations(shard),
          keys.agent(shard, id),
          keys.token(shard, claims.jti),
          keys.grant(shard, claims.grant_id),
          keys.expiry(shard),
        ],
        [
          runner.opening(),
          generations.registry,
          generations.policy,
          generations.keyring,
          agent.version,
          JSON.stringify(tokenRecord(request)),
          signed.sha256,
          JSON.stringify(grantRecord(request)),
          eventText(request.event, request.inputText),
          `${claims.jti} ${claims.grant_id}`,
          keepAfterExpiryMs,
        ],
      );
      return commitResult(reply[0], String(reply[1] ?? ''));
    },
  };
}

function commitResult(status: string, what: string): CommitResult {
  if (status === 'COMMITTED') return { state: 'committed' };
  if (status === 'MOVED' && (what === 'epoch' || what === 'generation' || what === 'agent')) {
    return { state: 'moved', what };
  }
  if (status === 'REVOKED') return { state: 'revoked', dimension: what };
  if (status === 'REFUSED') return { state: 'refused', why: what };
  throw unexpectedReply('commitGrant', [status]);
}

function tokenRecord({ claims, signed, epoch, basis, resource }: CommitRequest): TokenRecord {
  return {
    s: 'active',
    h: signed.sha256,
    e: epoch,
    b: basis,
    x: claims.exp * 1000,
    c: coveringFields(claims, signed, resource),
    g: claims.grant_id,
  };
}

/** Returns every field of the revocation hash that would revoke this token. */
export function coveringFields(
  claims: TokenClaims,
  signed: Pick<SignedToken, 'kid'>,
  resource: string,
): string[] {
  const named: [RevocationDimension, string | undefined][] = [
    ['all', '*'],
    ['agent', claims.sub],
    ['session', claims.session_id],
    ['task', claims.task_id],
    ['user', claims.user_id],
    ['resource', resource],
    ['token', claims.jti],
    ['grant', claims.grant_id],
    ['key', signed.kid],
    ['policy_revision', claims.policy_revision],
  ];
  return named.flatMap(([by, value]) => (value === undefined ? [] : [revocationField(by, value)]));
}

function grantRecord({ claims, resource }: CommitRequest): GrantRecord {
  return {
    agent_id: claims.sub,
    ...(claims.session_id === undefined ? {} : { session_id: claims.session_id }),
    ...(claims.task_id === undefined ? {} : { task_id: claims.task_id }),
    ...(claims.user_id === undefined ? {} : { user_id: claims.user_id }),
    resource,
    scopes: claims.scope.split(' '),
    jti: claims.jti,
    decision_id: claims.decision_id,
    expires_at_ms: claims.exp * 1000,
  };
}
