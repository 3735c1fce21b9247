import { existsSync } from 'node:fs';
import type { AuditQuery, Delivery, Page } from '../domain/audit-query.js';
import type { DecisionLogState } from '../domain/decision-log.js';
import type { RecordedDecision } from '../domain/policy-lifecycle.js';
import type { SignalHistory, SignalSeries } from '../domain/signal-ports.js';
import type { EntryIdentity, StreamName } from '../domain/worker-ports.js';
import { readState } from './decision-log/source.js';
import { openReadable, type Database } from './database.js';
import { findDecision, recordedDecisions, type DecisionQuery } from './decision-inputs.js';
import { listDeliveries, type DeliveryListRequest } from './delivery-ledger.js';
import { refuseNewer, schemaVersion } from './migrations.js';
import { queryEvents, type EventsPage } from './query.js';
import { signalEvents, type SignalEvents } from './signal-events.js';
import { hasSeries, readSeries } from './signal-series.js';

/** The audit store as the service has it, while the worker writes. Empty until the worker has made the file. */
export interface AuditReader {
  query(query: AuditQuery): EventsPage;
  /** Whether this entry, and so what was before it in its stream, is in the store. */
  holds(stream: StreamName, entry: EntryIdentity): boolean;
  listDeliveries(request: DeliveryListRequest): Page<Delivery>;
  /** What the worker last wrote of a sink of the decision log; undefined when it wrote nothing yet. */
  decisionLogState(sink: string): DecisionLogState | undefined;
  /** Decisions with the inputs they were made on, newest first, in constant memory. */
  recordedDecisions(query: DecisionQuery): Iterable<RecordedDecision>;
  decision(decisionId: string): RecordedDecision | undefined;
  /** What agents did, agent by agent, in constant memory. */
  signalEvents(): SignalEvents;
  /** As SignalHistory says. */
  series: SignalHistory['series'];
  close(): void;
}

function holds(database: Database, stream: StreamName, { epoch, seq }: EntryIdentity): boolean {
  const rows = database.all(
    'SELECT 1 AS there FROM events WHERE shard = ? AND epoch = ? AND seq = ? LIMIT 1',
    [String(stream), epoch, seq],
  );
  return rows.length > 0;
}

async function series(
  database: () => Database | undefined,
  agentId: string,
  sinceMs: number,
  untilMs: number,
): Promise<SignalSeries | string> {
  try {
    const db = database();
    if (db === undefined)
      return 'There is no audit store on this machine yet; the worker makes it.';
    if (!hasSeries(db)) return 'The audit store is from an older version; the worker upgrades it.';
    return await readSeries(database, agentId, sinceMs, untilMs);
  } catch {
    return 'The audit store cannot be read right now.';
  }
}

/** Opens the store for reading. Never makes the file; opens it as soon as it is there. */
export function openAuditReader(path: string): AuditReader {
  let open: Database | undefined;
  const database = (): Database | undefined => {
    if (open !== undefined) return open;
    if (!existsSync(path)) return undefined;
    const candidate = openReadable(path);
    try {
      const version = schemaVersion(candidate);
      refuseNewer(version);
      // The worker has made the file and is still making the tables.
      if (version > 0) open = candidate;
    } finally {
      if (open !== candidate) candidate.close();
    }
    return open;
  };
  const empty = { items: [], nextCursor: undefined };
  return {
    query: (query) => {
      const db = database();
      return db === undefined ? empty : queryEvents(db, query);
    },
    holds: (stream, entry) => {
      const db = database();
      return db !== undefined && holds(db, stream, entry);
    },
    listDeliveries: (request) => {
      const db = database();
      return db === undefined ? empty : listDeliveries(db, request);
    },
    decisionLogState: (sink) => {
      const db = database();
      return db === undefined ? undefined : readState(db, sink);
    },
    recordedDecisions: (query) => {
      const db = database();
      return db === undefined ? [] : recordedDecisions(db, query);
    },
    decision: (decisionId) => {
      const db = database();
      return db === undefined ? undefined : findDecision(db, decisionId);
    },
    signalEvents: () => signalEvents(database()),
    series: (agentId, sinceMs, untilMs) => series(database, agentId, sinceMs, untilMs),
    close: () => {
      open?.close();
      open = undefined;
    },
  };
}
