import { existsSync } from 'node:fs';
import type { AuditItem, AuditQuery, Delivery, Page } from '../domain/audit-query.js';
import type { DecisionLogState } from '../domain/decision-log.js';
import type { RecordedDecision } from '../domain/policy-lifecycle.js';
import type { StreamName } from '../domain/worker-ports.js';
import { currentCursor } from './cursors.js';
import { readState } from './decision-log/source.js';
import { openReadable, type Database } from './database.js';
import { findDecision, recordedDecisions, type DecisionQuery } from './decision-inputs.js';
import { listDeliveries, type DeliveryListRequest } from './delivery-ledger.js';
import { refuseNewer, schemaVersion } from './migrations.js';
import { queryEvents } from './query.js';
import { compareStreamIds, parseStreamId } from './stream-id.js';

/** The audit store as the service has it, while the worker writes. Empty until the worker has made the file. */
export interface AuditReader {
  query(query: AuditQuery): Page<AuditItem>;
  /** Whether the entry with this id, and so what came before it, is in the store. */
  holds(stream: StreamName, streamId: string): boolean;
  listDeliveries(request: DeliveryListRequest): Page<Delivery>;
  /** What the worker last wrote of a sink of the decision log; undefined when it wrote nothing yet. */
  decisionLogState(sink: string): DecisionLogState | undefined;
  /** Decisions with the inputs they were made on, newest first, in constant memory. */
  recordedDecisions(query: DecisionQuery): Iterable<RecordedDecision>;
  decision(decisionId: string): RecordedDecision | undefined;
  close(): void;
}

function holds(database: Database, stream: StreamName, streamId: string): boolean {
  const cursor = currentCursor(database, stream);
  if (cursor === undefined) return false;
  const order = compareStreamIds(cursor.streamId, streamId);
  if (order <= 0) return order === 0;
  // The cursor is past it: either more was exported since, or the stream went back below the cursor and
  // this entry has not been read. Only the event itself tells which.
  const { tickMs, seq } = parseStreamId(streamId);
  const name = String(stream);
  const rows = database.all(
    `SELECT 1 AS there FROM events
     WHERE shard = ? AND epoch IN (SELECT epoch FROM cursors WHERE stream = ?) AND seq = ? AND time_ms = ?
     LIMIT 1`,
    [name, name, seq, tickMs],
  );
  return rows.length > 0;
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
    holds: (stream, streamId) => {
      const db = database();
      return db !== undefined && holds(db, stream, streamId);
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
    close: () => {
      open?.close();
      open = undefined;
    },
  };
}
