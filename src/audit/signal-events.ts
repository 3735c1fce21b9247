import type { StoredAuditEvent } from '../domain/audit.js';
import type { Database, SqlValue } from './database.js';
import { storedEvent } from './event-row.js';

/**
 * Recorded events of agents, for simulations.
 * Times are inclusive, in milliseconds since the Unix epoch.
 */
export interface SignalEvents {
  /** Returns ids of agents with an event in the time, each once, in order. */
  agentsSeen(sinceMs: number, untilMs: number): Iterable<string>;
  /** Returns requests, own evaluations, misuses and status changes of one agent, oldest first. */
  eventsOfAgent(agentId: string, sinceMs: number, untilMs: number): Iterable<StoredAuditEvent>;
  /** Returns revocations and status changes of all agents, oldest first. */
  cuts(sinceMs: number, untilMs: number): Iterable<StoredAuditEvent>;
}

const NO_SIGNAL_EVENTS: SignalEvents = {
  agentsSeen: () => [],
  eventsOfAgent: () => [],
  cuts: () => [],
};

/** Rows read at a time; bounds the memory. */
const PAGE = 500;
const OF_AGENT = [
  'access.granted',
  'access.denied',
  'access.review_required',
  'access.rate_limited',
  'agent.status_changed',
  'token.misused',
];
/** Evaluations by an agent: only these can concern itself, and are counted. */
const OWN_QUESTIONS = "type = 'policy.evaluated' AND principal_kind = 'agent'";
const CUTS = ['revocation.applied', 'agent.status_changed'];
const SELECT = 'SELECT id, shard, epoch, seq, n, time_ms, json FROM events';

/** Creates the reader, which works while the worker writes; empty without a store. */
export function signalEvents(database: Database | undefined): SignalEvents {
  if (database === undefined) return NO_SIGNAL_EVENTS;
  return {
    agentsSeen: (sinceMs, untilMs) => agentsSeen(database, sinceMs, untilMs),
    // `+` avoids the index of types, with which each page would sort all remaining rows.
    eventsOfAgent: (agentId, sinceMs, untilMs) =>
      pages(
        database,
        `agent_id = ? AND (+type IN (${listed(OF_AGENT)}) OR (+${OWN_QUESTIONS}))`,
        [agentId],
        { sinceMs, untilMs },
      ),
    cuts: (sinceMs, untilMs) =>
      pages(database, `type IN (${listed(CUTS)})`, [], { sinceMs, untilMs }),
  };
}

/** Yields ids by stepping through the index: as many steps as agents, however many events they have. */
function* agentsSeen(database: Database, sinceMs: number, untilMs: number): Generator<string> {
  let last = '';
  for (;;) {
    const [row] = database.all('SELECT min(agent_id) AS id FROM events WHERE agent_id > ?', [last]);
    const id = row?.['id'];
    if (typeof id !== 'string') return;
    const within = database.all(
      'SELECT 1 AS there FROM events WHERE agent_id = ? AND time_ms >= ? AND time_ms <= ? LIMIT 1',
      [id, sinceMs, untilMs],
    );
    if (within.length > 0) yield id;
    last = id;
  }
}

function* pages(
  database: Database,
  where: string,
  values: readonly SqlValue[],
  { sinceMs, untilMs }: { readonly sinceMs: number; readonly untilMs: number },
): Generator<StoredAuditEvent> {
  let after: readonly [number, number] = [sinceMs, -1];
  for (;;) {
    const rows = database.all(
      `${SELECT} WHERE ${where} AND (time_ms, id) > (?, ?) AND time_ms <= ? ORDER BY time_ms, id LIMIT ?`,
      [...values, ...after, untilMs, PAGE],
    );
    for (const row of rows) yield storedEvent(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = [Number(last['time_ms']), Number(last['id'])];
  }
}

function listed(types: readonly string[]): string {
  return types.map((type) => `'${type}'`).join(', ');
}
