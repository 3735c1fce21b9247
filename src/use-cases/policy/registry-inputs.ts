import type { PolicyInput } from '../../domain/policy.js';
import type { AgentRecord, ResourceRecord } from '../../domain/records.js';
import type { AgentStore, CatalogueStore } from '../../domain/registry-ports.js';
import type { Signals } from '../../domain/signals.js';
import { policyInput } from '../token/input.js';

export interface RegistryInputDeps {
  readonly agents: Pick<AgentStore, 'idsOfShard' | 'read'>;
  readonly catalogue: Pick<CatalogueStore, 'listResources'>;
  readonly shards: number;
  /** Signals of an agent without history. */
  readonly signals: Signals;
  readonly nowMs: number;
}

const MAX_AGENTS = 64;
const MAX_INPUTS = 256;
const TTL_SECONDS = 300;
/** Replaces the wildcard of a pattern. */
const BELOW = 'example';
const DECLARED = { session_id: 's', task_id: 't', user_id: 'u', reason: 'r' };

/**
 * Returns requests of registered agents for scopes of registered resources, spread over all pairs.
 * Empty when either is missing.
 */
export async function registryInputs(deps: RegistryInputDeps): Promise<readonly PolicyInput[]> {
  const resources = (await deps.catalogue.listResources()).filter(({ deleted }) => !deleted);
  const agents = resources.length === 0 ? [] : await someAgents(deps);
  const asks = agents.flatMap((agent) =>
    resources.flatMap((resource) =>
      scopesFor(agent, resource).map((scope) => ({ agent, resource, scope })),
    ),
  );
  const step = Math.max(1, asks.length / MAX_INPUTS);
  const count = Math.min(asks.length, MAX_INPUTS);
  const chosen = Array.from({ length: count }, (_, i) => asks[Math.floor(i * step)]);
  return chosen.flatMap((ask) => (ask === undefined ? [] : [inputOf(ask, deps)]));
}

async function someAgents({ agents, shards }: RegistryInputDeps): Promise<readonly AgentRecord[]> {
  const found: AgentRecord[] = [];
  for (let shard = 0; shard < shards && found.length < MAX_AGENTS; shard++) {
    const ids = await agents.idsOfShard(shard, '', MAX_AGENTS - found.length);
    const records = await Promise.all(ids.map((id) => agents.read(id)));
    found.push(...records.flatMap((one) => (one?.status === 'active' ? [one] : [])));
  }
  return found;
}

/** Returns the scopes of the resource, and those of the agent's grants on it. */
function scopesFor({ spec: agent }: AgentRecord, { spec }: ResourceRecord): readonly string[] {
  const granted = (agent.grants ?? [])
    .filter(({ resource }) => resource === spec.id || resource === '*')
    .flatMap(({ scopes }) => scopes);
  const all = [...granted, ...spec.scopes.map(({ name }) => name)];
  return [...new Set(all.map((scope) => scope.replace('*', BELOW)))];
}

function inputOf(
  {
    agent,
    resource,
    scope,
  }: { readonly agent: AgentRecord; readonly resource: ResourceRecord; readonly scope: string },
  { signals, nowMs: tickMs }: RegistryInputDeps,
): PolicyInput {
  const request = { resource: resource.spec.id, scopes: [scope], declared: DECLARED };
  const attempt = { agent, resource, request, ttlSeconds: TTL_SECONDS };
  return policyInput({ ...attempt, authentication: 'private_key_jwt' }, { signals, tickMs });
}
