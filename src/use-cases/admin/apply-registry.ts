import { createHash } from 'node:crypto';
import type { AuditEventType, AuditEvent } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import type {
  AgentRecord,
  AgentSpec,
  ConfiguredRegistry,
  ResourceRecord,
  ResourceServerRecord,
  ResourceServerSpec,
  ResourceSpec,
} from '../../domain/records.js';
import type { AgentStore, CatalogueStore } from '../../domain/registry-ports.js';
import type { Edit } from './agent-change.js';
import { endsGround, type EndingEdit, withLiveTokens } from './live-tokens.js';

export interface ApplyRegistryDeps {
  readonly agents: AgentStore;
  readonly catalogue: CatalogueStore;
  readonly readRevision: () => Promise<string>;
  readonly writeRevision: (revision: string) => Promise<void>;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

const SYSTEM = { kind: 'system', id: 'config' } as const;
/** Maximum attempts per entry while another process applies this file. */
const TRIES = 5;

/**
 * Applies the configured registry, each entry by compare-and-set. Returns the number of entries written.
 *
 * An entry that is unchanged since its last application keeps the changes of the API. An entry that the API disabled,
 * quarantined or deleted stays so.
 */
export async function applyRegistry(
  deps: ApplyRegistryDeps,
  registry: ConfiguredRegistry,
): Promise<number> {
  const digest = digestOf(registry);
  const applied = await deps.readRevision();
  const [appliedRevision = '0', appliedDigest = ''] = applied.split(' ');
  if (Number(appliedRevision) > registry.revision) {
    deps.warn(`registry revision ${String(registry.revision)} is older than ${appliedRevision}`);
    return 0;
  }
  if (appliedDigest === digest) return 0;
  let written = 0;
  for (const spec of registry.resources) written += await retry(() => applyResource(deps, spec));
  for (const spec of registry.resource_servers) {
    written += await retry(() => applyResourceServer(deps, spec));
  }
  for (const spec of registry.agents) written += await retry(() => applyAgent(deps, spec));
  await deps.writeRevision(`${String(registry.revision)} ${digest}`);
  return written;
}

type Applied = 'written' | 'unchanged' | 'conflict';

async function retry(apply: () => Promise<Applied>): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const outcome = await apply();
    if (outcome !== 'conflict') return outcome === 'written' ? 1 : 0;
  }
  throw new Error('a registry entry lost every compare-and-set while it was applied');
}

async function applyAgent(deps: ApplyRegistryDeps, spec: AgentSpec): Promise<Applied> {
  const before = await deps.agents.read(spec.id);
  const config_digest = digestOf(spec);
  if (before?.status === 'deleted') {
    deps.warn(
      `agent ${spec.id} of the registry was deleted; countersign agent restore undoes that`,
    );
    return 'unchanged';
  }
  if (before?.config_digest === config_digest) return 'unchanged';
  const nowMs = deps.clock.nowMs();
  const { edit, liveTokens } = endedBy(before, nowMs, {
    agent: {
      spec,
      secrets: before?.secrets ?? [],
      source: 'config',
      config_digest,
      created_at_ms: before?.created_at_ms ?? nowMs,
      updated_at_ms: nowMs,
      status: before?.status ?? 'active',
      ...(before?.quarantine === undefined ? {} : { quarantine: before.quarantine }),
    },
  });
  const after = await deps.agents.write(
    edit.agent,
    before?.version ?? 0,
    event(before === undefined ? 'agent.created' : 'agent.updated', {
      agent_id: spec.id,
      ...(edit.detail === undefined ? {} : { detail: edit.detail }),
    }),
    edit.options,
  );
  if (after !== undefined && liveTokens !== undefined)
    deps.warn(
      `the live tokens of agent ${spec.id} are revoked: the registry has no grants, no roles or no keys for it`,
    );
  return after === undefined ? 'conflict' : 'written';
}

/** Adds the revocation of the live tokens to a write that ends what they rest on. */
function endedBy(
  before: AgentRecord | undefined,
  nowMs: number,
  edit: Edit,
): Partial<EndingEdit> & { readonly edit: Edit } {
  const ends =
    before !== undefined && endsGround(before.spec, edit.agent.spec, before.secrets, nowMs);
  return ends ? withLiveTokens(edit, {}) : { edit };
}

async function applyResource(deps: ApplyRegistryDeps, spec: ResourceSpec): Promise<Applied> {
  const before = await deps.catalogue.readResource(spec.id);
  const config_digest = digestOf(spec);
  if (before?.deleted === true || before?.config_digest === config_digest) return 'unchanged';
  const record: ResourceRecord = {
    spec,
    source: 'config',
    config_digest,
    version: (before?.version ?? 0) + 1,
    deleted: false,
    updated_at_ms: deps.clock.nowMs(),
  };
  const written = event('resource.written', { resource: spec.id });
  return (await deps.catalogue.writeResource(record, before, written)) ? 'written' : 'conflict';
}

async function applyResourceServer(
  deps: ApplyRegistryDeps,
  spec: ResourceServerSpec,
): Promise<Applied> {
  const before = await deps.catalogue.readResourceServer(spec.id);
  const config_digest = digestOf(spec);
  if (before?.deleted === true || before?.config_digest === config_digest) return 'unchanged';
  const record: ResourceServerRecord = {
    spec,
    secrets: before?.secrets ?? [],
    disabled: before?.disabled ?? false,
    source: 'config',
    config_digest,
    version: (before?.version ?? 0) + 1,
    deleted: false,
    updated_at_ms: deps.clock.nowMs(),
  };
  const detail = { detail: { resource_server: spec.id } };
  const written = await deps.catalogue.writeResourceServer(
    record,
    event('resource_server.written', detail),
  );
  return written ? 'written' : 'conflict';
}

function event(type: AuditEventType, about: Partial<AuditEvent>): AuditEvent {
  return { type, principal: SYSTEM, ...about };
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
