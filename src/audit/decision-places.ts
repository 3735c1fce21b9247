import type { DecisionPlace, InputState, Period } from '../domain/replay-sample.js';
import type { Database, SqlRow } from './database.js';

/** Types of decisions that a policy makes; a refusal by a budget is `access.rate_limited` and never read. */
const TYPES = ['access.denied', 'access.review_required', 'access.granted'] as const;
/** Rows read at a time; bounds the memory, whatever the period holds. */
const PAGE = 1000;
/** The rule of a refusal after the policy: its outcome is not the policy's. */
const REVOKED = 'countersign.revoked';
/** Reasons for a missing input that lie in the configuration or in an earlier build, not in the request. */
const NEVER: ReadonlySet<unknown> = new Set(['inputs_off', null]);

// The index of types has the times of one type in order, so no row of another type is read.
const FROM = 'FROM events e WHERE e.type = ? AND e.time_ms >= ?';

/** SQL of one page of a type below a position. Its values: type, since, time and row of the position, the limit. */
export const PLACES_SQL = `SELECT e.id, e.time_ms, e.agent_id, e.resource, e.effect,
    json_extract(e.json, '$.scopes_requested') AS scopes,
    json_extract(e.json, '$.scopes_granted') AS granted,
    json_extract(e.json, '$.rules') AS rules,
    json_extract(e.json, '$.policy_revision') AS revision,
    json_extract(e.json, '$.not_replayable') AS not_replayable,
    EXISTS (SELECT 1 FROM decision_inputs i WHERE i.event_row = e.id) AS stored
  ${FROM} AND (e.time_ms, e.id) < (?, ?) ORDER BY e.time_ms DESC, e.id DESC LIMIT ?`;

/** Returns the number of events that `decisionPlaces` reads, from an index alone. */
export function countPlaces(database: Database, { sinceMs, untilMs }: Period): number {
  const sql = `SELECT count(*) AS n ${FROM} AND e.time_ms <= ?`;
  const counts = TYPES.map((type) => Number(database.all(sql, [type, sinceMs, untilMs])[0]?.['n']));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Yields the events of decisions, newest first per type, in constant memory.
 * Undefined stands for an event without a decision of a policy.
 */
export function* decisionPlaces(
  database: Database,
  { sinceMs, untilMs }: Period,
): Generator<DecisionPlace | undefined> {
  for (const type of TYPES) {
    let below: readonly [number, number] = [untilMs, Number.MAX_SAFE_INTEGER];
    for (;;) {
      const rows = database.all(PLACES_SQL, [type, sinceMs, ...below, PAGE]);
      for (const row of rows) yield placeOf(row);
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) break;
      below = [Number(last['time_ms']), Number(last['id'])];
    }
  }
}

function placeOf(row: SqlRow): DecisionPlace | undefined {
  const rules = textsOf(row['rules']);
  if (typeof row['revision'] !== 'string' || rules.includes(REVOKED)) return undefined;
  return {
    row: Number(row['id']),
    agentId: String(row['agent_id'] ?? ''),
    resource: String(row['resource'] ?? ''),
    scopes: textsOf(row['scopes']),
    effect: String(row['effect'] ?? ''),
    granted: textsOf(row['granted']),
    rules,
    input: inputOf(row),
  };
}

function inputOf(row: SqlRow): InputState {
  if (row['stored'] === 1) return 'stored';
  return NEVER.has(row['not_replayable']) ? 'never' : 'missing';
}

function textsOf(json: unknown): readonly string[] {
  const list: unknown = typeof json === 'string' ? JSON.parse(json) : [];
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}
