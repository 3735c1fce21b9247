import type { AudienceEntry } from './audience.js';
import type { AuditEvent } from './audit.js';
import type { AgentRecord, ResourceRecord, ResourceServerRecord } from './records.js';
import type { ReleasedSignals } from './signals.js';

/** An agent to write, without the version, which the store increments. */
export type AgentWrite = Omit<AgentRecord, 'version'>;

export interface AgentWriteOptions {
  /** `rev_id` under which every token of the agent is revoked, atomically with the write. */
  readonly cutUnder?: string;
  /** Change of its signals, atomic with the write; absent: unchanged. */
  readonly signals?: Exclude<ReleasedSignals, 'kept'>;
}

export interface AgentStore {
  /** Returns an agent, or the tombstone of a deleted one. */
  read(id: string): Promise<AgentRecord | undefined>;
  /** Writes by compare-and-set on the version (0: none yet); returns undefined when it was lost. */
  write(
    agent: AgentWrite,
    expectedVersion: number,
    event: AuditEvent,
    options?: AgentWriteOptions,
  ): Promise<AgentRecord | undefined>;
  /** Returns the ids after `afterId` in one shard, in byte order. */
  idsOfShard(shard: number, afterId: string, limit: number): Promise<readonly string[]>;
}

/** A store of resources and resource servers, one document each. Deleted ones stay as tombstones. */
export interface CatalogueStore {
  readResource(id: string): Promise<ResourceRecord | undefined>;
  /** Returns the current and former holders of the audiences of this key (`audienceKey`). */
  readAudience(key: string): Promise<AudienceEntry | undefined>;
  readResourceServer(id: string): Promise<ResourceServerRecord | undefined>;
  listResources(): Promise<readonly ResourceRecord[]>;
  listResourceServers(): Promise<readonly ResourceServerRecord[]>;
  /**
   * Writes a resource by compare-and-set on the version before `record.version`.
   *
   * Before it resolves, every shard has the new generation, and the floors of a deleted resource or of removed
   * audiences. Throws `conflict` when another resource has an equal audience, or when two audiences of this one are equal.
   */
  writeResource(
    record: ResourceRecord,
    before: ResourceRecord | undefined,
    event: AuditEvent,
  ): Promise<boolean>;
  writeResourceServer(record: ResourceServerRecord, event: AuditEvent): Promise<boolean>;
}
