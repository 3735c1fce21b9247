import type { AuditEvent } from '../domain/audit.js';
import type { PolicyInput } from '../domain/policy.js';
import type { Outcome, RecordedDecision } from '../domain/policy-lifecycle.js';
import { countOf, decisionFilter } from './counted.js';
import type { Database, SqlRow, SqlValue } from './database.js';

/** A selection of decisions. Times are inclusive, in milliseconds since the Unix epoch. */
export interface DecisionQuery {
  readonly sinceMs: number;
  readonly untilMs?: number;
  readonly agentId?: string;
  /** Maximum number of decisions, newest first. */
  readonly limit: number;
}

/** Rows read at a time; bounds the memory, whatever the limit. */
const PAGE = 500;
const TYPES = [
  'access.granted',
  'access.denied',
  'access.review_required',
  'access.rate_limited',
] as const;
/**
 * Marker of terms in an input.
 * No request text contains it: its quotes are escaped, and labels are no lists.
 */
const TERMS_MEMBER = '"terms":[';

/** Stores an input for the event that was inserted last. Call in its transaction, right after it. */
export function insertInput(database: Database, input: unknown): void {
  if (typeof input !== 'object' || input === null) return;
  database.run(
    'INSERT INTO decision_inputs (event_row, json) VALUES ((SELECT max(id) FROM events), ?)',
    [JSON.stringify(input)],
  );
}

// `+` avoids the index of types, with which each page would sort all remaining rows; by time or id, pages come in
// order.
const SELECT = `SELECT e.id, e.time_ms, e.json, i.json AS input,
    u.count AS use_count, u.last_at_ms AS use_last_at_ms
  FROM events e LEFT JOIN decision_inputs i ON i.event_row = e.id
    LEFT JOIN uses u ON u.grant_id = e.grant_id
  WHERE +e.type IN (${TYPES.map((type) => `'${type}'`).join(', ')})`;

/**
 * Returns the SQL of one page below a position.
 * Its values: since, time and row of the position, the agent, the limit.
 */
export function pageSql(ofAgent: boolean): string {
  const filters = ['e.time_ms >= ?', '(e.time_ms, e.id) < (?, ?)'];
  if (ofAgent) filters.push('e.agent_id = ?');
  return `${SELECT} AND ${filters.join(' AND ')} ORDER BY e.time_ms DESC, e.id DESC LIMIT ?`;
}

/** Yields decisions from the newest to the oldest, with one page of rows in memory at a time. */
export function* recordedDecisions(
  database: Database,
  query: DecisionQuery,
): Generator<RecordedDecision> {
  const { sinceMs, untilMs = Number.MAX_SAFE_INTEGER, agentId } = query;
  const sql = pageSql(agentId !== undefined);
  let below: readonly [number, number] = [untilMs, Number.MAX_SAFE_INTEGER];
  let left = query.limit;
  while (left > 0) {
    const values: SqlValue[] = [sinceMs, ...below, ...(agentId === undefined ? [] : [agentId])];
    const count = Math.min(PAGE, left);
    const rows = database.all(sql, [...values, count]);
    for (const row of rows) yield decisionOf(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < count) return;
    below = [Number(last['time_ms']), Number(last['id'])];
    left -= rows.length;
  }
}

/** Yields rows of events with their decisions, in their order; a row that is gone is left out. */
export function* decisionsAt(
  database: Database,
  rows: Iterable<number>,
): Generator<readonly [row: number, RecordedDecision]> {
  for (const page of pagesOf(rows)) {
    const marks = page.map(() => '?').join(', ');
    const found = database.all(`${SELECT} AND e.id IN (${marks})`, page);
    const byRow = new Map(found.map((row) => [Number(row['id']), row]));
    for (const id of page) {
      const row = byRow.get(id);
      if (row !== undefined) yield [id, decisionOf(row)];
    }
  }
}

function* pagesOf(rows: Iterable<number>): Generator<number[]> {
  let page: number[] = [];
  for (const row of rows) {
    page.push(row);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/**
 * Returns the decision of this id; the last of them, if a retried request left several.
 * For a counted refusal, returns the count, unless several could match.
 */
export function findDecision(database: Database, decisionId: string): RecordedDecision | undefined {
  const { by, sql, values } = decisionFilter(database, decisionId);
  const rows = database.all(`${SELECT} AND ${sql} ORDER BY e.time_ms DESC, e.id DESC LIMIT ?`, [
    ...values,
    by === 'event' ? 1 : 2,
  ]);
  const [row] = rows;
  return row === undefined || rows.length > 1 ? undefined : decisionOf(row);
}

function decisionOf(row: SqlRow): RecordedDecision {
  const event = JSON.parse(String(row['json'])) as AuditEvent;
  const input = row['input'];
  const whyNot = whyNotReplayable(event, typeof input === 'string' ? input : undefined);
  const count = countOf(event);
  return {
    decision_id: event.decision_id ?? '',
    time_ms: Number(row['time_ms']),
    agent_id: event.agent_id ?? '',
    resource: event.resource ?? '',
    revision: event.policy_revision ?? '',
    input_digest: event.input_digest ?? '',
    outcome: outcomeOf(event),
    rules: event.rules ?? [],
    removed: event.removed ?? [],
    ...(count === undefined ? {} : { count }),
    ...(event.input_masked === undefined ? {} : { input_masked: event.input_masked }),
    ...(typeof row['use_count'] === 'number'
      ? { use: { count: row['use_count'], last_at_ms: Number(row['use_last_at_ms']) } }
      : {}),
    ...(typeof input === 'string' && whyNot === undefined
      ? { input: JSON.parse(input) as PolicyInput }
      : {}),
    ...(whyNot === undefined ? {} : { why_not: whyNot }),
  };
}

function outcomeOf(event: AuditEvent): Outcome {
  return {
    effect: (event.effect ?? 'deny') as Outcome['effect'],
    scopes: event.scopes_granted ?? [],
    ttlSeconds: event.ttl_seconds_granted ?? 0,
  };
}

/**
 * Returns why a decision is not replayable.
 * A full budget, a quarantine and a revocation are not decided by a policy.
 */
function whyNotReplayable(event: AuditEvent, input: string | undefined): string | undefined {
  if (event.policy_revision === undefined) return 'decided_before_policy';
  if (event.rules?.includes('countersign.revoked') === true) return 'decided_after_policy';
  if (input === undefined) return event.not_replayable ?? 'not_recorded';
  // Older than the score and its terms in every input: a current policy could only deny it.
  return input.includes(TERMS_MEMBER) ? undefined : 'input_older';
}
