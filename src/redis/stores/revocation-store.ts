import type { AuditEvent } from '../../domain/audit.js';
import { holdsCredential } from '../../domain/secrets/mask.js';
import { CountersignError } from '../../domain/errors.js';
import { shardOfId } from '../../domain/ids.js';
import type { RevocationStore } from '../../domain/ports.js';
import type { AgentRecord } from '../../domain/records.js';
import {
  PERMANENT_DIMENSIONS,
  revocationField,
  type Revocation,
  type RevocationOutcome,
} from '../../domain/revocation.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';
import { applyIntent, writeIntent, type Intent } from './intents.js';
import { grantOfToken, readGrant } from './grant-reader.js';
import type { GrantRecord } from './grant-committer.js';

/** Creates the store of revocations in every dimension. State `done` means: in force on every node. */
export function createRevocationStore(context: StoreContext): RevocationStore {
  return {
    async revoke(revocation) {
      if (revocation.by === 'token') return revokeToken(context, revocation, undefined);
      if (revocation.by === 'grant') return revokeGrant(context, revocation);
      const permanent = PERMANENT_DIMENSIONS.has(revocation.by);
      return spread(context, revocation, permanent ? 'permanent' : 'floor');
    },
    lift: (revocation) => spread(context, { ...revocation, denyUntilLifted: false }, 'lift'),
    async revokeOwnToken(agent, jti, revocation) {
      const outcome = await revokeToken(context, { ...revocation, value: jti }, agent);
      return outcome === 'agent_changed' ? outcome : 'done';
    },
  };
}

/** Writes an intent first, then to every shard; `pending` names the missing shards. */
async function spread(
  context: StoreContext,
  revocation: Revocation,
  mode: 'floor' | 'permanent' | 'lift',
): Promise<RevocationOutcome> {
  const { revId, by, value, formerHolders: also = [] } = revocation;
  // The value becomes part of a stored field, and no id looks like a credential.
  if (holdsCredential(value)) {
    throw new CountersignError('invalid_request', 'value holds what looks like a credential.');
  }
  const intent: Intent = {
    kind: 'revocation',
    field: revocationField(by, value),
    mode,
    deny: revocation.denyUntilLifted,
    revId,
    ...(also.length === 0 ? {} : { alsoFields: also.map((id) => revocationField(by, id)) }),
  };
  const event = revocationEvent(revocation, mode, undefined);
  const order = await writeIntent(context, revId, intent, event);
  const missingShards = await applyIntent(context, revId, intent, order);
  return missingShards.length === 0
    ? { state: 'done', revId }
    : { state: 'pending', revId, missingShards };
}

async function revokeToken(
  context: StoreContext,
  revocation: Revocation,
  agent: undefined,
): Promise<RevocationOutcome>;
async function revokeToken(
  context: StoreContext,
  revocation: Revocation,
  agent: AgentRecord,
): Promise<RevocationOutcome | 'agent_changed'>;
async function revokeToken(
  context: StoreContext,
  revocation: Revocation,
  agent: AgentRecord | undefined,
): Promise<RevocationOutcome | 'agent_changed'> {
  const { runner, keys, shards } = context;
  const jti = revocation.value;
  const shard = shardOfId('jti', jti, shards);
  // A foreign id can name no active token.
  if (shard === undefined) return { state: 'done', revId: revocation.revId };
  const grant = await grantOfToken(context, shard, jti);
  const reply = await runner.run(
    'revokeToken',
    [
      keys.meta(shard),
      keys.audit(shard),
      keys.revocations(shard),
      keys.token(shard, jti),
      keys.agent(shard, agent?.spec.id ?? ''),
    ],
    [
      runner.opening(),
      revocationField('token', jti),
      revocation.revId,
      eventText(revocationEvent(revocation, 'permanent', grant)),
      agent?.version ?? '',
    ],
  );
  if (reply[0] === 'AGENT_CHANGED') return 'agent_changed';
  if (reply[0] !== 'REVOKED') throw unexpectedReply('revokeToken', reply);
  return { state: 'done', revId: revocation.revId };
}

async function revokeGrant(
  context: StoreContext,
  revocation: Revocation,
): Promise<RevocationOutcome> {
  const { runner, keys, shards } = context;
  const shard = shardOfId('grt', revocation.value, shards);
  if (shard === undefined) return { state: 'done', revId: revocation.revId };
  const grant = await readGrant(context, shard, revocation.value);
  const event = eventText(revocationEvent(revocation, 'permanent', grant));
  const reply = await runner.run(
    'applyRevocation',
    [keys.meta(shard), keys.audit(shard), keys.revocations(shard)],
    [
      runner.opening(),
      revocationField('grant', revocation.value),
      'permanent',
      0,
      0,
      revocation.revId,
      event,
    ],
  );
  if (reply[0] !== 'APPLIED') throw unexpectedReply('applyRevocation', reply);
  return { state: 'done', revId: revocation.revId };
}

function revocationEvent(
  revocation: Revocation,
  mode: 'floor' | 'permanent' | 'lift',
  grant: GrantRecord | undefined,
): AuditEvent {
  const { by, value, revId, reason } = revocation;
  return {
    type: mode === 'lift' ? 'revocation.lifted' : 'revocation.applied',
    request_id: revocation.requestId,
    principal: revocation.principal,
    ...(grant === undefined ? {} : identityOf(grant)),
    ...(by === 'agent' ? { agent_id: value } : {}),
    ...(by === 'session' ? { session_id: value } : {}),
    ...(by === 'task' ? { task_id: value } : {}),
    ...(by === 'user' ? { user_id: value } : {}),
    ...(by === 'resource' ? { resource: value } : {}),
    ...(by === 'token' ? { jti: value } : {}),
    ...(by === 'grant' ? { grant_id: value } : {}),
    ...(by === 'key' ? { kid: value } : {}),
    ...(by === 'policy_revision' ? { policy_revision: value } : {}),
    detail: {
      rev_id: revId,
      by,
      value,
      reason,
      deny_until_lifted: revocation.denyUntilLifted,
      ...(revocation.audience === undefined ? {} : { audience: revocation.audience }),
      ...(revocation.formerHolders === undefined
        ? {}
        : { former_holders: revocation.formerHolders }),
    },
  };
}

/** Returns the members of an event that identify the grant's parties and scopes. */
export function identityOf(grant: GrantRecord): Partial<AuditEvent> {
  const { scopes, ...identity } = grant;
  return { ...identity, scopes_granted: scopes };
}
