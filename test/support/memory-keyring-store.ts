import type { AuditEvent } from '../../src/domain/audit.js';
import type { KeyringStore } from '../../src/domain/ports.js';
import type { KeyringDocument } from '../../src/domain/token.js';

/** A keyring store in memory, with a clock that a test moves and a count of reads. */
export interface MemoryKeyringStore extends KeyringStore {
  document: KeyringDocument | undefined;
  nowMs: number;
  /** The highest generation so far; stays when the document is lost. */
  generation: number;
  reads: number;
  readonly events: AuditEvent[];
}

export function memoryKeyringStore(nowMs = 1_700_000_000_000): MemoryKeyringStore {
  const store: MemoryKeyringStore = {
    document: undefined,
    nowMs,
    generation: 0,
    reads: 0,
    events: [],
    read() {
      store.reads++;
      return Promise.resolve(structuredClone(store.document));
    },
    replace(expected, next, events) {
      if ((store.document?.generation ?? 0) !== expected) return Promise.resolve(false);
      store.document = structuredClone(next);
      store.generation = Math.max(store.generation, next.generation);
      store.events.push(...structuredClone(events));
      return Promise.resolve(true);
    },
    highestGeneration: () => Promise.resolve(store.generation),
    tickMs: () => Promise.resolve(store.nowMs),
  };
  return store;
}
