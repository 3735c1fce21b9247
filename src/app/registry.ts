import type { Config } from '../config/config.js';
import { DEMO_AGENT_ID, DEMO_RESOURCE_SERVER_ID } from '../config/demo.js';
import { readDemoFile, type DemoFile } from '../config/demo-file.js';
import { applyRegistry } from '../use-cases/admin/apply-registry.js';
import { applyDemoSecrets } from '../use-cases/admin/demo-secrets.js';
import { systemClock } from '../domain/clock.js';
import type { Logger } from '../domain/logger.js';
import { indexAudiences } from '../redis/stores/audience-index.js';
import {
  longestTokenMs,
  readConfigRevision,
  writeConfigRevision,
} from '../redis/stores/settings.js';
import { mintSecret, sha256Hex } from '../registry/secret.js';
import type { Parts } from './parts.js';
import { retryWhileUnavailable } from './retry-while-unavailable.js';
import type { Storage } from './storage.js';

/** Indexes the audiences of a store of an earlier build, and warns of equal ones. */
export async function indexRegisteredAudiences(
  config: Config,
  { context }: Storage,
  log: Logger,
): Promise<void> {
  const rememberMs = await longestTokenMs(context, config.tokens.skewSeconds);
  for (const holders of await indexAudiences(context, rememberMs)) {
    log.warn(
      { audiences: holders.map(({ uri }) => uri), resources: holders.map(({ id }) => id) },
      'equal audiences are registered; compared byte for byte until one of them is removed',
    );
  }
}

/** Applies the registry of the configuration file. */
export async function applyConfiguredRegistry(
  config: Config,
  parts: Parts,
  { context }: Storage,
  log: Logger,
): Promise<void> {
  const written = await applyRegistry(
    {
      agents: parts.agentStore,
      catalogue: parts.catalogueStore,
      readRevision: () => readConfigRevision(context),
      writeRevision: (revision) => writeConfigRevision(context, revision),
      clock: systemClock,
      warn: (message) => {
        log.warn({}, message);
      },
    },
    config.registry,
  );
  if (written > 0) log.info({ written }, 'registry applied');
}

/** Returns the demo's secrets, from its file or new, and makes them valid in the store. */
export async function prepareDemo(
  config: Config,
  parts: Parts,
  stopping: AbortSignal,
): Promise<Pick<DemoFile, 'agent' | 'resource_server'>> {
  const kept = readDemoFile(config.dataDir);
  const agent = kept?.agent ?? { id: DEMO_AGENT_ID, client_secret: mintSecret('agent').secret };
  const server = kept?.resource_server ?? {
    id: DEMO_RESOURCE_SERVER_ID,
    client_secret: mintSecret('resource_server').secret,
  };
  const hashes = {
    agentId: agent.id,
    agentSha256: sha256Hex(agent.client_secret),
    resourceServerId: server.id,
    resourceServerSha256: sha256Hex(server.client_secret),
  };
  const deps = { agents: parts.agentStore, catalogue: parts.catalogueStore, clock: systemClock };
  await retryWhileUnavailable(() => applyDemoSecrets(deps, hashes), stopping);
  return { agent, resource_server: server };
}
