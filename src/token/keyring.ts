import { unavailable } from '../domain/errors.js';
import type { KeyringStore } from '../domain/ports.js';
import type { PublicJwk } from '../domain/records.js';
import type { KeyringDocument, SigningAlg } from '../domain/token.js';
import { firstKeyring } from './key-changes.js';
import type { Sealer } from './sealer.js';
import { generateSigningKey, openSigningKey, type SigningKey } from './signing-key.js';

const PUBLISHED = new Set(['next', 'active', 'previous']);
const ENSURE_ATTEMPTS = 8;

/** An immutable view of one keyring generation. */
export interface KeyringView {
  readonly generation: number;
  readonly active: SigningKey;
  /** The keys that verify tokens, by kid. Excludes revoked and retired keys. */
  readonly verifying: ReadonlyMap<string, SigningKey>;
  /** Their public halves, oldest first. */
  readonly published: readonly PublicJwk[];
}

/** The keyring in memory. */
export interface Keyring {
  /** Returns the last view. Throws a 503 before the first read. */
  view(): KeyringView;
  /**
   * Updates the view to at least this generation.
   * Returns true if it was current, false if the store was read. Throws a 503 when the store has no such generation, or
   * a key does not open.
   */
  sync(generation: number): Promise<boolean>;
  /**
   * Updates the view to the store's keyring, which may be ahead of the generation that the shards have.
   * Throws a 503 when the store has no keyring, or a key does not open.
   */
  refresh(): Promise<void>;
  /**
   * Returns why a newer generation of the store is not in use; undefined when none is known.
   * Requests of the shards that have it are 503 until then.
   */
  problem(): unknown;
  /**
   * At start: reads the keyring, or creates the first key, above every generation of the store.
   * Of two concurrent processes one succeeds.
   */
  ensure(alg: SigningAlg): Promise<void>;
}

export interface KeyringOptions {
  /** Called with each generation that the view adopts. */
  readonly generationObserved?: (generation: number) => void;
}

/** Creates a keyring over a store. Concurrent syncs share one read. */
export function createKeyring(
  store: KeyringStore,
  sealer: Sealer,
  options: KeyringOptions = {},
): Keyring {
  let current: KeyringView | undefined;
  const missed = missedGeneration();
  const { read, readLater } = sharedRead(load);

  /** Reads the keyring; returns false when the store has none. */
  async function load(): Promise<boolean> {
    const document = await store.read();
    if (!document) return false;
    if (current && document.generation <= current.generation) return true;
    current = await missed.during(document.generation, () => openKeyring(document, sealer));
    options.generationObserved?.(document.generation);
    return true;
  }
  const isAt = (generation: number): boolean =>
    current !== undefined && current.generation >= generation;

  return {
    view() {
      if (!current) throw unavailable('keyring: not read yet');
      return current;
    },
    async sync(generation) {
      if (isAt(generation)) return true;
      await missed.during(generation, async () => {
        await read(); // The joined read may have begun before this generation was written.
        if (!isAt(generation)) await read();
        if (!isAt(generation)) throw absent(generation);
      });
      return false;
    },
    async refresh() {
      if (!(await readLater())) throw unavailable('keyring: not created yet');
    },
    problem: () => missed.above(current?.generation ?? 0),
    async ensure(alg) {
      for (let attempt = 0; attempt < ENSURE_ATTEMPTS; attempt++) {
        if (await read()) return;
        const nowMs = await store.tickMs();
        const key = await generateSigningKey(alg, sealer, nowMs);
        const { next, events } = firstKeyring(key, nowMs, await store.highestGeneration());
        await store.replace(0, next, events);
      }
      throw unavailable('keyring: the first key was written but is unreadable');
    },
  };
}

function absent(generation: number): Error {
  return unavailable(`keyring: the store has no generation ${String(generation)}`);
}

/** Remembers the last generation that could not be reached, with the error. */
function missedGeneration(): {
  during<T>(generation: number, step: () => T | Promise<T>): Promise<T>;
  above(generation: number): unknown;
} {
  let last: { readonly generation: number; readonly error: unknown } | undefined;
  return {
    async during(generation, step) {
      try {
        return await step();
      } catch (error) {
        last = { generation, error };
        throw error;
      }
    },
    above: (generation) => (last && last.generation > generation ? last.error : undefined),
  };
}

/** Returns a read that concurrent callers share, and one that begins after the call. */
function sharedRead(
  load: () => Promise<boolean>,
): Record<'read' | 'readLater', () => Promise<boolean>> {
  let reading: Promise<boolean> | undefined;
  const read = (): Promise<boolean> => {
    reading ??= load().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return {
    read,
    async readLater() {
      await reading?.catch(() => undefined);
      return read();
    },
  };
}

/**
 * Opens every published key of a document.
 * Throws a 503 when one does not open, or unless exactly one is active.
 */
export function openKeyring(document: KeyringDocument, sealer: Sealer): KeyringView {
  const records = document.keys
    .filter((record) => PUBLISHED.has(record.state))
    .sort((a, b) => a.published_at_ms - b.published_at_ms || (a.kid < b.kid ? -1 : 1));
  const keys = records.map((record) => openSigningKey(record, sealer));
  const active = keys.filter((_, index) => records[index]?.state === 'active');
  const [only] = active;
  if (!only || active.length !== 1) {
    throw unavailable(`keyring: ${String(active.length)} active keys, not one`);
  }
  return {
    generation: document.generation,
    active: only,
    verifying: new Map(keys.map((key) => [key.kid, key])),
    published: keys.map((key) => key.publicJwk),
  };
}
