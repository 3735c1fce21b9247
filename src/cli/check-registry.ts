import { readEntries, type CheckRegistry } from '../config/registry.js';
import {
  checkAgentSpec,
  checkResourceServerSpec,
  checkResourceSpec,
  findRegistryConflicts,
} from '../registry/check.js';
import type { Problem } from '../schema/compile.js';

/** Every entry by itself, and all of them together, as the registry will take them. */
export const checkWholeRegistry: CheckRegistry = (raw) => {
  const problems: Problem[] = [];
  const registry = readEntries(raw, problems, {
    agent: checkAgentSpec,
    resource: checkResourceSpec,
    resourceServer: checkResourceServerSpec,
  });
  // Entries that failed are missing from the list, and would be missed by those that name them.
  if (problems.length === 0) {
    const { agents, resources, resource_servers: resourceServers } = registry;
    problems.push(...findRegistryConflicts({ agents, resources, resourceServers }));
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, registry };
};
