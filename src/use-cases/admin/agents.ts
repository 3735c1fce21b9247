import type { AuditEventType } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import type { AgentRecord, AgentSpec } from '../../domain/records.js';
import type { SecretUses } from '../../domain/ports.js';
import type { AgentStore } from '../../domain/registry-ports.js';
import type { AgentOperations, LiveTokens, CreateOption } from '../operations.js';
import type { AdminContext, CreatedSecret } from './context.js';
import {
  agentEvent,
  changeAgent,
  conflict,
  deleted,
  readAgent,
  type AgentChange,
  type Edit,
} from './agent-change.js';
import { deletionEdit, fromNothing, restorationEdit } from './agent-deletion.js';
import { listAgents } from './agent-list.js';
import { releaseEdit, statusEdit } from './agent-status.js';
import { endsGround, hasLiveSecret, withLiveTokens } from './live-tokens.js';
import { createSecretOperations, newSecret, withLastUses } from './secret-rotation.js';
import { checkSpec, type MintSecret, type SpecCheck } from './secrets.js';

export interface AgentOperationsDeps {
  readonly store: AgentStore;
  readonly mintSecret: MintSecret;
  readonly check: SpecCheck<AgentSpec>;
  readonly clock: Clock;
  readonly shards: number;
  readonly secretUses: Pick<SecretUses, 'lastUses'>;
}

/** Creates the agent operations of the admin API. Writes are compare-and-set, atomic with their event. */
export function createAgentOperations(deps: AgentOperationsDeps): AgentOperations {
  const change: Change = (id, type, context, edit) =>
    changeAgent(deps, { id, type, context, edit });
  return {
    list: (page) => listAgents(deps.store, deps.shards, page),
    get: (id) => readAgent(deps.store, id),
    create: (spec, context, options) => create(deps, spec, context, options),
    update: (id, spec, expectedVersion, context, options = {}) =>
      changeAndTell(deps, { id, type: 'agent.updated', context }, (agent) => {
        if (agent.version !== expectedVersion) throw conflict();
        checkSpec(deps.check, { ...spec, id });
        const edit = { agent: { ...agent, spec: { ...spec, id } } };
        return endsGround(agent.spec, spec, agent.secrets, deps.clock.nowMs())
          ? withLiveTokens(edit, options)
          : { edit };
      }),
    async remove(id, context) {
      await change(id, 'agent.deleted', context, (agent) => deletionEdit(agent));
    },
    async restore(id, reason, context, { secretTtlSeconds } = {}) {
      const { record, shown } = newSecret(deps, 'agent', secretTtlSeconds);
      const agent = await changeAgent(deps, {
        ...{ id, type: 'agent.restored', context, ofDeleted: true },
        edit: (before) => restorationEdit(before, record, reason),
      });
      return { agent, secret: shown };
    },
    setStatus: (id, status, reason, context) =>
      change(id, 'agent.status_changed', context, (agent, nowMs) =>
        statusEdit(agent, { status, reason, by: context.principal }, nowMs),
      ),
    release: (id, release, context) =>
      change(id, 'agent.status_changed', context, (agent) => releaseEdit(agent, release)),
    listSecrets: async (id) => withLastUses(deps, id, (await readAgent(deps.store, id)).secrets),
    ...createSecretOperations(deps, 'agent', async (id, context, secretEdit, options) => {
      const { step, secretId, apply } = secretEdit;
      const type = `agent.secret_${step}` as const;
      const { liveTokens } = await changeAndTell(deps, { id, type, context }, (agent) => {
        const secrets = apply(agent.secrets);
        const edit = { agent: { ...agent, secrets }, detail: { secret_id: secretId } };
        const wasOnly = step === 'deleted' && !hasLiveSecret(secrets, deps.clock.nowMs());
        return wasOnly ? withLiveTokens(edit, options) : { edit };
      });
      return liveTokens;
    }),
  };
}

/** Changes an agent, and returns what the change did to its live tokens when it ended their ground. */
async function changeAndTell(
  deps: AgentOperationsDeps,
  change: Omit<AgentChange, 'edit'>,
  edit: (agent: AgentRecord) => { readonly edit: Edit; readonly liveTokens?: LiveTokens },
): Promise<{ agent: AgentRecord; liveTokens?: LiveTokens }> {
  let liveTokens: LiveTokens | undefined;
  const agent = await changeAgent(deps, {
    ...change,
    edit(before) {
      const ending = edit(before);
      ({ liveTokens } = ending);
      return ending.edit;
    },
  });
  return liveTokens === undefined ? { agent } : { agent, liveTokens };
}

type Change = (
  id: string,
  type: AuditEventType,
  context: AdminContext,
  edit: AgentChange['edit'],
) => Promise<AgentRecord>;

async function create(
  deps: AgentOperationsDeps,
  spec: AgentSpec,
  context: AdminContext,
  { reuseDeleted = false, secretTtlSeconds }: CreateOption = {},
): Promise<{ agent: AgentRecord; secret: CreatedSecret }> {
  checkSpec(deps.check, spec);
  const before = await deps.store.read(spec.id);
  const reused = before?.status === 'deleted' ? before : undefined;
  if (reused !== undefined && !reuseDeleted) throw deleted('conflict', 'agent');
  const now = deps.clock.nowMs();
  const { record, shown } = newSecret(deps, 'agent', secretTtlSeconds);
  const agent = await deps.store.write(
    {
      spec,
      secrets: [record],
      source: 'api',
      // The file's entry of a deleted agent must not replace the new one until the entry changes.
      config_digest: reused?.config_digest ?? '',
      created_at_ms: now,
      updated_at_ms: now,
      status: 'active',
    },
    reused?.version ?? 0,
    agentEvent('agent.created', spec.id, context, {
      secret_id: record.id,
      ...(reused === undefined ? {} : { reused_deleted: true }),
    }),
    reused === undefined ? {} : fromNothing(),
  );
  if (agent === undefined) throw conflict();
  return { agent, secret: shown };
}
