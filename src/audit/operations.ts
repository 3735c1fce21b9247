import type { AuditPage, AuditQuery } from '../domain/audit-query.js';
import type { AuditStreams } from '../domain/worker-ports.js';
import type { OpenRefusalReader } from '../domain/refusal.js';
import { countingOf } from './counting.js';
import { checkQuery } from './query.js';
import { unreadable, type AuditReads } from './reads.js';
import type { StreamTip } from './reader.js';

export interface AuditOperationsOptions {
  /** Maximum time a query waits for the worker to export earlier entries. */
  readonly waitMs: number;
  readonly pollMs: number;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Returns the problem of the store, for operators; undefined when there is none. */
  readonly problem: () => Promise<string | undefined>;
  /** Reads refusal counts without an event so far. */
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
  reader: Pick<AuditReads, 'missing'>,
  options: AuditOperationsOptions,
): Promise<boolean> {
  let missing: readonly StreamTip[];
  try {
    missing = [...(await streams.tips())];
  } catch {
    // Redis is unreachable: the store can be read, but its completeness is unknown.
    return false;
  }
  const deadline = options.nowMs() + options.waitMs;
  for (;;) {
    missing = await reader.missing(missing);
    if (missing.length === 0) return true;
    if (options.nowMs() >= deadline) return false;
    await options.sleep(options.pollMs);
  }
}

/**
 * Creates queries over the audit store that include entries written before the call, if the worker
 * runs. A query waits until the store has passed the streams' tips. `complete` says whether it got there in time.
 * Throws CountersignError: `invalid_request` for a bad cursor or limit, 503 when the store cannot be read.
 */
export function createAuditOperations(
  streams: AuditStreams,
  reader: Pick<AuditReads, 'missing' | 'query'>,
  options: Partial<AuditOperationsOptions> = {},
): { query(query: AuditQuery): Promise<AuditPage> } {
  const settings = { ...DEFAULTS, ...options };
  return {
    query: async (query) => {
      // Before the wait: an invalid cursor is refused at once.
      checkQuery(query);
      try {
        const [complete, problem] = await Promise.all([
          waitForStore(streams, reader, settings),
          // Redis is unreachable: the store's identity is unknown, and the record counts as incomplete.
          settings.problem().catch(() => undefined),
        ]);
        const page = await reader.query(query);
        const counting = await countingOf(settings.refusals, query, page.items.length);
        return problem === undefined
          ? { ...page, ...counting, complete }
          : { ...page, ...counting, complete: false, problem };
      } catch (error) {
        throw unreadable(error);
      }
    },
  };
}
