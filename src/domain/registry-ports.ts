import type { AudienceEntry } from './audience.js';
import type { AuditEvent } from './audit.js';
import type { AgentRecord, ResourceRecord, ResourceServerRecord } from './records.js';
import type { ReleasedSignals } from './signals.js';

/** An agent to write: everything but the version, which the store counts. */
export type AgentWrite = Omit<AgentRecord, 'version'>;

export interface AgentWriteOptions {
  /** Revoke every token of the agent in the same step, under this `rev_id`. */
  readonly cutUnder?: string;
  /** What becomes of its signals in the same step; absent: they are left alone. */
  readonly signals?: Exclude<ReleasedSignals, 'kept'>;
}

export interface AgentStore {
  /** Tombstones of deleted agents are returned too. */
  read(id: string): Promise<AgentRecord | undefined>;
  /** Compare-and-set on the version (0: none yet); undefined when it lost. */
  write(
    agent: AgentWrite,
    expectedVersion: number,
    event: AuditEvent,
    options?: AgentWriteOptions,
  ): Promise<AgentRecord | undefined>;
  /** Ids after `afterId` in one shard, in order of their bytes. */
  idsOfShard(shard: number, afterId: string, limit: number): Promise<readonly string[]>;
}

/** Resources and resource servers, one document each. Deleted ones stay as tombstones. */
export interface CatalogueStore {
  readResource(id: string): Promise<ResourceRecord | undefined>;
  /** Who has, and had, the audiences of this key (`audienceKey`). */
  readAudience(key: string): Promise<AudienceEntry | undefined>;
  readResourceServer(id: string): Promise<ResourceServerRecord | undefined>;
  listResources(): Promise<readonly ResourceRecord[]>;
  listResourceServers(): Promise<readonly ResourceServerRecord[]>;
  /**
   * Compare-and-set on the version before `record.version`; in every shard's generation before it resolves, and with
   * it the floors of a resource that was deleted or of audiences that were removed. Throws `conflict` when another
   * resource has an equal audience, or when two of its own are equal.
   */
  writeResource(
    record: ResourceRecord,
    before: ResourceRecord | undefined,
    event: AuditEvent,
  ): Promise<boolean>;
  writeResourceServer(record: ResourceServerRecord, event: AuditEvent): Promise<boolean>;
}
