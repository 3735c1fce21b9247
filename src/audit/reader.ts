import { existsSync } from 'node:fs';
import type { AuditQuery, Delivery, Page } from '../domain/audit-query.js';
import type { DecisionLogState } from '../domain/decision-log.js';
import type { RecordedDecision } from '../domain/policy-lifecycle.js';
import type { DecisionPlace, Period } from '../domain/replay-sample.js';
import type { SignalHistory, SignalSeries } from '../domain/signal-ports.js';
import type { EntryIdentity, StreamName } from '../domain/worker-ports.js';
import { readState } from './decision-log/source.js';
import { openReadable, type Database } from './database.js';
import {
  decisionsAt,
  findDecision,
  recordedDecisions,
  type DecisionQuery,
} from './decision-inputs.js';
import { countPlaces, decisionPlaces } from './decision-places.js';
import { findDelivery, listDeliveries } from './delivery-ledger.js';
import { type DeliveryListRequest } from '../domain/deliveries.js';
import { readStoreId, refuseNewer, schemaVersion } from './migrations.js';
import { queryEvents, queryInParts, type EventsPage } from './query.js';
import { signalEvents, type SignalEvents } from './signal-events.js';
import { hasSeries, readSeries } from './signal-series.js';
import { StoreLost, watchStoreFiles, type FileLoss } from './store-files.js';

/** The last entry of a stream. */
export type StreamTip = readonly [stream: StreamName, entry: EntryIdentity];

/**
 * The read-only audit store of the service, while the worker writes.
 * Empty until the worker has created the file.
 */
export interface AuditReader {
  query(query: AuditQuery): EventsPage;
  /** Finds the page of `query` in parts; other work may run between them. */
  queryInParts(query: AuditQuery): Generator<void, EventsPage>;
  /** Returns the entries that are not in the store yet. With an entry, each earlier one of its stream is in it. */
  missing(tips: readonly StreamTip[]): readonly StreamTip[];
  listDeliveries(request: DeliveryListRequest): Page<Delivery>;
  delivery(id: string): Delivery | undefined;
  /** Returns the random id of the store; undefined when there is none. */
  storeId(): string | undefined;
  /** Returns how the open files were lost; undefined while the path leads to them, or none is open. */
  lost(): string | undefined;
  /** Returns the worker's last state of a decision log sink; undefined when it wrote none. */
  decisionLogState(sink: string): DecisionLogState | undefined;
  /** Iterates over decisions with their inputs, newest first, in constant memory. */
  recordedDecisions(query: DecisionQuery): Iterable<RecordedDecision>;
  /** Iterates over the places of a policy's decisions, newest first per type, in constant memory. */
  places(period: Period): Iterable<DecisionPlace | undefined>;
  /** Returns the number of events that `places` reads. */
  countPlaces(period: Period): number;
  /** Iterates over the decisions at places, in their order. */
  decisionsAt(rows: Iterable<number>): Iterable<readonly [row: number, RecordedDecision]>;
  decision(decisionId: string): RecordedDecision | undefined;
  /** Returns the events of agents, agent by agent, in constant memory. */
  signalEvents(): SignalEvents;
  /** See SignalHistory; ends early when the signal is aborted. */
  series(
    agentId: string,
    sinceMs: number,
    untilMs: number,
    signal?: AbortSignal,
  ): ReturnType<SignalHistory['series']>;
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
  signal?: AbortSignal,
): Promise<SignalSeries | string> {
  try {
    const db = database();
    if (db === undefined)
      return 'There is no audit store on this machine yet; the worker makes it.';
    if (!hasSeries(db)) return 'The audit store is from an older version; the worker upgrades it.';
    return await readSeries(database, agentId, sinceMs, untilMs, signal);
  } catch {
    return 'The audit store cannot be read right now.';
  }
}

interface OpenStore {
  readonly database: Database;
  readonly loss: () => FileLoss | undefined;
}

/** Opens the store at the path once the worker has created its tables. */
function openWhenMade(path: string): OpenStore | undefined {
  if (!existsSync(path)) return undefined;
  const database = openReadable(path);
  let open: OpenStore | undefined;
  try {
    const version = schemaVersion(database);
    refuseNewer(version);
    if (version > 0) open = { database, loss: watchStoreFiles(path) };
  } finally {
    if (open === undefined) database.close();
  }
  return open;
}

/**
 * Returns whether the open store must be closed for another file at the path.
 * A removed file stays open: it has the whole record up to its removal. Throws StoreLost when another process created a
 * new WAL: SQLite would read it by the index of the old one, which this process shares among all its connections.
 */
function isReplaced({ loss }: OpenStore): boolean {
  const found = loss();
  if (found?.state !== 'replaced') return false;
  if (found.file === 'database') return true;
  throw new StoreLost(`${found.what}; this process reads the store again when it is restarted`);
}

/** Opens the store for reading. Never creates the file; opens it once it exists, and any replacement. */
export function openAuditReader(path: string): AuditReader {
  let open: OpenStore | undefined;
  const database = (): Database | undefined => {
    if (open !== undefined && isReplaced(open)) {
      open.database.close();
      open = undefined;
    }
    open ??= openWhenMade(path);
    return open?.database;
  };
  const close = (): void => {
    open?.database.close();
    open = undefined;
  };
  return { ...readsOf(database), lost: () => open?.loss()?.what, close };
}

/** Returns the reads of the store that `database` returns; empty results without one. */
function readsOf(database: () => Database | undefined): Omit<AuditReader, 'lost' | 'close'> {
  const empty = { items: [], nextCursor: undefined };
  return {
    query: (query) => {
      const db = database();
      return db === undefined ? empty : queryEvents(db, query);
    },
    queryInParts: (query) => queryInParts(database, query),
    missing: (tips) => {
      const db = database();
      return db === undefined ? tips : tips.filter(([stream, tip]) => !holds(db, stream, tip));
    },
    listDeliveries: (request) => {
      const db = database();
      return db === undefined ? empty : listDeliveries(db, request);
    },
    delivery: (id) => {
      const db = database();
      return db === undefined ? undefined : findDelivery(db, id)?.delivery;
    },
    storeId: () => {
      const db = database();
      return db === undefined ? undefined : readStoreId(db);
    },
    decisionLogState: (sink) => {
      const db = database();
      return db === undefined ? undefined : readState(db, sink);
    },
    ...decisionReadsOf(database),
    signalEvents: () => signalEvents(database()),
    series: (agentId, sinceMs, untilMs, signal) =>
      series(database, agentId, sinceMs, untilMs, signal),
  };
}

/** Returns the reads of decisions with their inputs. */
function decisionReadsOf(
  database: () => Database | undefined,
): Pick<AuditReader, 'recordedDecisions' | 'places' | 'countPlaces' | 'decisionsAt' | 'decision'> {
  return {
    recordedDecisions: (query) => {
      const db = database();
      return db === undefined ? [] : recordedDecisions(db, query);
    },
    places: (period) => {
      const db = database();
      return db === undefined ? [] : decisionPlaces(db, period);
    },
    countPlaces: (period) => {
      const db = database();
      return db === undefined ? 0 : countPlaces(db, period);
    },
    decisionsAt: (rows) => {
      const db = database();
      return db === undefined ? [] : decisionsAt(db, rows);
    },
    decision: (decisionId) => {
      const db = database();
      return db === undefined ? undefined : findDecision(db, decisionId);
    },
  };
}
