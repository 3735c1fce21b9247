import type { AgentRecord, ResourceRecord, ResourceServerRecord } from '../domain/records.js';

/** Reads one agent's record by its id, in constant time; undefined when there never was one. Deleted ones are answered. */
export interface AgentStore {
  read(id: string): Promise<AgentRecord | undefined>;
}

/** Reads the catalogue one record at a time, in constant time. Deleted records are answered as such. */
export interface CatalogueStore {
  readResource(id: string): Promise<ResourceRecord | undefined>;
  /** The id of the resource that has this audience; the caller checks that the record still has it. */
  readResourceByAudience(uri: string): Promise<string | undefined>;
  readResourceServer(id: string): Promise<ResourceServerRecord | undefined>;
}
