import type { AuditPage, AuditQuery } from '../domain/audit-query.js';
import { CountersignError, unavailable } from '../domain/errors.js';
import type { AuditStreams, EntryIdentity, StreamName } from '../domain/worker-ports.js';
import type { OpenRefusalReader } from '../domain/refusal.js';
import { countingOf } from './counting.js';
import { checkQuery } from './query.js';
import type { AuditReader } from './reader.js';

export interface AuditOperationsOptions {
  /** How long a query waits for the worker to store what was written before it. */
  readonly waitMs: number;
  readonly pollMs: number;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** What is wrong with the store, for operators; undefined when nothing is. */
  readonly problem: () => Promise<string | undefined>;
  /** Counts that have no event yet. */
  readonly refusals?: OpenRefusalReader;
}

const DEFAULTS: AuditOperationsOptions = {
  waitMs: 2_000,
  pollMs: 25,
  nowMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  problem: () => Promise.resolve(undefined),
};

async function waitForStore(
  streams: AuditStreams,
  reader: AuditReader,
  options: AuditOperationsOptions,
): Promise<boolean> {
  let missing: [StreamName, EntryIdentity][];
  try {
    missing = [...(await streams.tips())];
  } catch {
    // Redis is away: what is in the store can be shown, and nobody can tell whether it is everything.
    return false;
  }
  const deadline = options.nowMs() + options.waitMs;
  for (;;) {
    missing = missing.filter(([stream, tip]) => !reader.holds(stream, tip));
    if (missing.length === 0) return true;
    if (options.nowMs() >= deadline) return false;
    await options.sleep(options.pollMs);
  }
}

/**
 * Queries over the audit store that see what was written before the call, when the worker is up: a query
 * waits until the store has passed the streams' tips. `complete` says whether it got there in time.
 * Throws CountersignError: `invalid_request` for a bad cursor or limit, 503 when the store cannot be read.
 */
export function createAuditOperations(
  streams: AuditStreams,
  reader: AuditReader,
  options: Partial<AuditOperationsOptions> = {},
): { query(query: AuditQuery): Promise<AuditPage> } {
  const settings = { ...DEFAULTS, ...options };
  return {
    query: async (query) => {
      // First: nobody should wait to hear that a cursor is wrong.
      checkQuery(query);
      try {
        const [complete, problem] = await Promise.all([
          waitForStore(streams, reader, settings),
          // Redis is away: whether the store is the right one cannot be told, and the record counts as incomplete.
          settings.problem().catch(() => undefined),
        ]);
        const page = reader.query(query);
        const counting = await countingOf(settings.refusals, query, page.items.length);
        return problem === undefined
          ? { ...page, ...counting, complete }
          : { ...page, ...counting, complete: false, problem };
      } catch (error) {
        throw error instanceof CountersignError ? error : unavailable('audit store', error);
      }
    },
  };
}
