import type { AgentRecord } from '../../src/domain/records.js';
import type { AgentStore, AgentWriteOptions } from '../../src/domain/registry-ports.js';
import type { SecretUses } from '../../src/domain/ports.js';
import type { AuditEvent } from '../../src/domain/audit.js';

/** Agents in memory, with the events and options of each write. */
export interface MemoryAgentStore extends AgentStore {
  readonly events: AuditEvent[];
  readonly options: AgentWriteOptions[];
}

export function memoryAgentStore(): MemoryAgentStore {
  const agents = new Map<string, AgentRecord>();
  const events: AuditEvent[] = [];
  const options: AgentWriteOptions[] = [];
  return {
    events,
    options,
    read: (id) => Promise.resolve(agents.get(id)),
    write(agent, expected, event, given = {}) {
      const version = agents.get(agent.spec.id)?.version ?? 0;
      if (version !== expected) return Promise.resolve(undefined);
      const written = { ...agent, version: version + 1 };
      agents.set(agent.spec.id, written);
      events.push(event);
      options.push(given);
      return Promise.resolve(written);
    },
    idsOfShard: () => Promise.resolve([...agents.keys()]),
  };
}

/** Secrets that were never used. */
export const UNUSED_SECRETS: Pick<SecretUses, 'lastUses'> = {
  lastUses: (_, ids) => Promise.resolve(ids.map(() => undefined)),
};
