import type { Clock } from '../../domain/clock.js';
import type { SecretRecord } from '../../domain/records.js';
import type { AgentStore, CatalogueStore } from '../../domain/registry-ports.js';
import { newId } from '../../domain/ids.js';
import { MAX_SECRETS } from './secrets.js';

/** Lower-case hex SHA-256 of the secrets in the demo file. */
export interface DemoSecrets {
  readonly agentId: string;
  readonly agentSha256: string;
  readonly resourceServerId: string;
  readonly resourceServerSha256: string;
}

const SYSTEM = { kind: 'system', id: 'demo' } as const;

/** Makes the secrets of the demo file valid in a store that may be newer or older than the file. */
export async function applyDemoSecrets(
  deps: { readonly agents: AgentStore; readonly catalogue: CatalogueStore; readonly clock: Clock },
  demo: DemoSecrets,
): Promise<void> {
  const agent = await deps.agents.read(demo.agentId);
  if (agent !== undefined && !has(agent.secrets, demo.agentSha256)) {
    const { version, ...rest } = agent;
    const secrets = withSecret(agent.secrets, demo.agentSha256, deps.clock.nowMs());
    await deps.agents.write({ ...rest, secrets }, version, {
      type: 'agent.secret_created',
      principal: SYSTEM,
      agent_id: demo.agentId,
    });
  }
  const server = await deps.catalogue.readResourceServer(demo.resourceServerId);
  if (server !== undefined && !has(server.secrets, demo.resourceServerSha256)) {
    const secrets = withSecret(server.secrets, demo.resourceServerSha256, deps.clock.nowMs());
    await deps.catalogue.writeResourceServer(
      { ...server, secrets, version: server.version + 1 },
      {
        type: 'resource_server.secret_created',
        principal: SYSTEM,
        detail: { resource_server: demo.resourceServerId },
      },
    );
  }
}

function has(secrets: readonly SecretRecord[], sha256: string): boolean {
  return secrets.some((secret) => secret.sha256 === sha256);
}

function withSecret(
  secrets: readonly SecretRecord[],
  sha256: string,
  nowMs: number,
): readonly SecretRecord[] {
  const kept = secrets.slice(-(MAX_SECRETS - 1));
  return [...kept, { id: newId('sec'), sha256, created_at_ms: nowMs }];
}
