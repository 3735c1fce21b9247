import type { AuditPage, AuditQuery } from '../domain/audit-query.js';
import type { AuditStreams } from '../domain/worker-ports.js';
import type { OpenRefusalReader } from '../domain/refusal.js';
import { countingOf } from './counting.js';
import { checkQuery } from './query.js';
import type { Principal } from '../domain/revocation.js';
import { unreadable, type AuditReads, type ReadsInTurn } from './reads.js';
import type { StreamTip } from './reader.js';

export interface AuditOperationsOptions {
  /** Maximum time a query waits for the worker to export earlier entries. */
  readonly waitMs: number;
  readonly pollMs: number;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Returns the problem of the store, for operators; undefined when there is none. */
  readonly problem: (reader: Pick<AuditReads, 'storeId' | 'lost'>) => Promise<string | undefined>;
  /** Returns the problem of the sinks, for operators; the record is complete all the same. */
  readonly sinkProblem: () => Promise<string | undefined>;
  /** Reads refusal counts without an event so far. */
  readonly refusals?: OpenRefusalReader;
}

const DEFAULTS: AuditOperationsOptions = {
  waitMs: 2_000,
  pollMs: 25,
  nowMs: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  problem: () => Promise.resolve(undefined),
  sinkProblem: () => Promise.resolve(undefined),
};

type QueryRead = 'missing' | 'query' | 'storeId' | 'lost';

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

/** The operations over the audit store. */
export interface AuditStoreOperations {
  query(query: AuditQuery, context: { readonly principal: Principal }): Promise<AuditPage>;
  /** Waits until the store has the entries written before the call; false when it had not in time. */
  settle(): Promise<boolean>;
}

/**
 * Creates queries over the audit store that include entries written before the call, if the worker
 * runs. A query waits until the store has passed the streams' tips. `complete` says whether it got there in time. Reads
 * of a query take turns with those of other principals; `settle` waits for none of them.
 * Throws CountersignError: `invalid_request` for a bad cursor or limit, 503 when the store cannot be read.
 */
export function createAuditOperations(
  streams: AuditStreams,
  reader: Pick<AuditReads, 'missing'> & ReadsInTurn<Pick<AuditReads, QueryRead>>,
  options: Partial<AuditOperationsOptions> = {},
): AuditStoreOperations {
  const settings = { ...DEFAULTS, ...options };
  return {
    settle: async () => {
      try {
        return await waitForStore(streams, reader, settings);
      } catch (error) {
        throw unreadable(error);
      }
    },
    query: async (query, { principal }) => {
      // Before the wait: an invalid cursor is refused at once.
      checkQuery(query);
      const reads = reader.of(principal);
      try {
        const [complete, problem, ofSinks] = await Promise.all([
          waitForStore(streams, reads, settings),
          // Redis is unreachable: the store's identity is unknown, and the record counts as incomplete.
          settings.problem(reads).catch(() => undefined),
          settings.sinkProblem().catch(() => undefined),
        ]);
        const page = await reads.query(query);
        const counting = await countingOf(settings.refusals, query, page.items.length);
        const answer = { ...page, ...counting };
        if (problem !== undefined) return { ...answer, complete: false, problem };
        return { ...answer, complete, ...(ofSinks === undefined ? {} : { problem: ofSinks }) };
      } catch (error) {
        throw unreadable(error);
      }
    },
  };
}
