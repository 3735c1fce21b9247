import type { AgentDirectory } from '../domain/ports.js';
import type { AgentRecord } from '../domain/records.js';
import type { AgentStore } from '../domain/registry-ports.js';
import { isRecordId } from './record-id.js';
import { RecordCache } from './record-cache.js';

/** Agents by id, with the moments by which authentication tells a fresh record from a cached one. */
export interface CachedAgentDirectory extends AgentDirectory {
  turn(): number;
  /** Returns the cached record; never reads the store. */
  peek(id: string): AgentRecord | undefined;
  readSince(id: string, turn: number): Promise<AgentRecord | undefined>;
}

const MAX_ENTRIES = 10_000;

/**
 * Creates the directory, which reads agents on demand and caches the most recently used.
 * Start-up reads and scans none. An id of an unregistrable shape costs no read.
 */
export function createAgentDirectory(
  store: Pick<AgentStore, 'read'>,
  options: { readonly maxEntries?: number } = {},
): CachedAgentDirectory {
  const cache = new RecordCache<AgentRecord>(options.maxEntries ?? MAX_ENTRIES, async (id) =>
    isRecordId(id) ? store.read(id) : undefined,
  );
  return {
    turn: () => cache.turn(),
    peek: (id) => cache.peek(id),
    find: (id) => cache.find(id),
    refresh: (id) => cache.readSince(id, cache.turn()),
    readSince: (id, turn) => cache.readSince(id, turn),
  };
}
