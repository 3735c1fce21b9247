import type { AuditEventType } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { AgentRecord, AgentSpec } from '../../domain/records.js';
import type { AgentStore } from '../../domain/registry-ports.js';
import type { AgentOperations } from '../operations.js';
import type { AdminContext, CreatedSecret } from './context.js';
import {
  agentEvent,
  changeAgent,
  conflict,
  notFound,
  readAgent,
  type AgentChange,
} from './agent-change.js';
import { listAgents } from './agent-list.js';
import { releaseEdit, statusEdit } from './agent-status.js';
import { checkSpec, MAX_SECRETS, type MintSecret, type SpecCheck } from './secrets.js';

export interface AgentOperationsDeps {
  readonly store: AgentStore;
  readonly mintSecret: MintSecret;
  readonly check: SpecCheck<AgentSpec>;
  readonly clock: Clock;
  readonly shards: number;
}

/** Creates the agent operations of the admin API. Writes are compare-and-set, atomic with their event. */
export function createAgentOperations(deps: AgentOperationsDeps): AgentOperations {
  const change: Change = (id, type, context, edit) =>
    changeAgent(deps, { id, type, context, edit });
  return {
    list: (page) => listAgents(deps.store, deps.shards, page),
    get: (id) => readAgent(deps.store, id),
    create: (spec, context) => create(deps, spec, context),
    update: (id, spec, expectedVersion, context) =>
      change(id, 'agent.updated', context, (agent) => {
        if (agent.version !== expectedVersion) throw conflict();
        checkSpec(deps.check, { ...spec, id });
        return { agent: { ...agent, spec: { ...spec, id } } };
      }),
    async remove(id, context) {
      await change(id, 'agent.deleted', context, (agent) => ({
        agent: { ...agent, status: 'deleted', secrets: [] },
        options: { cutUnder: newId('rev'), signals: 'forgotten' },
      }));
    },
    setStatus: (id, status, reason, context) =>
      change(id, 'agent.status_changed', context, (agent, nowMs) =>
        statusEdit(agent, { status, reason, by: context.principal }, nowMs),
      ),
    release: (id, release, context) =>
      change(id, 'agent.status_changed', context, (agent) => releaseEdit(agent, release)),
    createSecret: (id, context) => createSecret(deps, change, id, context),
    removeSecret: (id, secretId, context) => removeSecret(change, id, secretId, context),
  };
}

type Change = (
  id: string,
  type: AuditEventType,
  context: AdminContext,
  edit: AgentChange['edit'],
) => Promise<AgentRecord>;

async function createSecret(
  deps: AgentOperationsDeps,
  change: Change,
  id: string,
  context: AdminContext,
): Promise<CreatedSecret> {
  const { record, shown } = newSecret(deps);
  await change(id, 'agent.secret_created', context, (agent) => {
    if (agent.secrets.length >= MAX_SECRETS) throw tooManySecrets();
    return {
      agent: { ...agent, secrets: [...agent.secrets, record] },
      detail: { secret_id: record.id },
    };
  });
  return shown;
}

async function removeSecret(
  change: Change,
  id: string,
  secretId: string,
  context: AdminContext,
): Promise<void> {
  await change(id, 'agent.secret_deleted', context, (agent) => {
    const secrets = agent.secrets.filter((secret) => secret.id !== secretId);
    if (secrets.length === agent.secrets.length) throw notFound();
    return { agent: { ...agent, secrets }, detail: { secret_id: secretId } };
  });
}

async function create(
  deps: AgentOperationsDeps,
  spec: AgentSpec,
  context: AdminContext,
): Promise<{ agent: AgentRecord; secret: CreatedSecret }> {
  checkSpec(deps.check, spec);
  const now = deps.clock.nowMs();
  const { record, shown } = newSecret(deps);
  const agent = await deps.store.write(
    {
      spec,
      secrets: [record],
      source: 'api',
      config_digest: '',
      created_at_ms: now,
      updated_at_ms: now,
      status: 'active',
    },
    0,
    agentEvent('agent.created', spec.id, context, { secret_id: record.id }),
  );
  if (agent === undefined) throw conflict();
  return { agent, secret: shown };
}

function newSecret(deps: AgentOperationsDeps): ReturnType<typeof secretOf> {
  return secretOf(deps.mintSecret('agent'), deps.clock.nowMs());
}

/** Returns a new secret in its stored form and in the form shown once. */
export function secretOf(
  minted: { readonly secret: string; readonly sha256: string },
  nowMs: number,
): { record: AgentRecord['secrets'][number]; shown: CreatedSecret } {
  const id = newId('sec');
  return {
    record: { id, sha256: minted.sha256, created_at_ms: nowMs },
    shown: { id, secret: minted.secret },
  };
}

/** Returns a 409 for a third secret. */
export function tooManySecrets(): CountersignError {
  return new CountersignError('conflict', 'Two secrets are valid already; delete one first.');
}
