import type { AuditQuery } from '../domain/audit-query.js';
import type { DecisionFilter, Where } from './counted.js';
import type { Database, SqlValue } from './database.js';
import { AGENT_TYPES_SINCE_VERSION, schemaVersion } from './migrations.js';

/** The conditions of a query, split by the index that the rows are read from. */
export interface QueryConditions {
  /** The index whose order is that of the page. */
  readonly index: string;
  /** The equalities that the index begins with. */
  readonly leading: Where;
  /** The conditions on the time, which is next in the index. */
  readonly time: Where;
  /** The other conditions: each row has to be read for them. */
  readonly rest: Where;
}

type Condition = readonly [column: string, value: SqlValue];

/** Index entries that are counted at most to compare two indexes: some milliseconds of work. */
const COUNTED_ENTRIES = 10_000;

/**
 * Returns the conditions of a query with the index that has the fewest entries for them.
 * The index is named to SQLite, which has no statistics and chose that of types for a busy agent.
 */
export function queryConditions(
  database: Database,
  query: AuditQuery,
  decision: DecisionFilter | undefined,
): QueryConditions {
  const time = all([
    ...(query.sinceMs === undefined ? [] : [{ sql: 'e.time_ms >= ?', values: [query.sinceMs] }]),
    ...(query.untilMs === undefined ? [] : [{ sql: 'e.time_ms <= ?', values: [query.untilMs] }]),
  ]);
  const given = equalities(query);
  if (decision !== undefined) {
    const index = decision.by === 'counted' ? 'events_counted' : 'events_by_decision_id';
    return { index, leading: decision, time, rest: equal(given) };
  }
  const [first, ...others] = candidates(database, given).map((one) => ({ ...one, time }));
  if (first === undefined) {
    return { index: 'events_by_time', leading: all([]), time, rest: all([]) };
  }
  let best = first;
  let fewest = others.length === 0 ? 0 : entriesOf(database, first);
  for (const other of others) {
    if (fewest === 0) break;
    const entries = entriesOf(database, other);
    if (entries < fewest) [best, fewest] = [other, entries];
  }
  return best;
}

/** Returns the given filters by their usual selectivity: a token has few events, a type has the most. */
function equalities(query: AuditQuery): readonly Condition[] {
  const { jti, grantId, sessionId, taskId, userId, agentId, type } = query;
  return [
    ...Object.entries({ jti, grant_id: grantId, session_id: sessionId, task_id: taskId }),
    ...Object.entries({ user_id: userId, agent_id: agentId, type }),
  ].flatMap(([column, value]) => (value === undefined ? [] : [[column, value] as const]));
}

/** Returns each index that can answer some of the filters; one over two of them replaces those over each. */
function candidates(
  database: Database,
  given: readonly Condition[],
): readonly Omit<QueryConditions, 'time'>[] {
  const pair = given.filter(([column]) => column === 'agent_id' || column === 'type');
  const both = pair.length === 2 && schemaVersion(database) >= AGENT_TYPES_SINCE_VERSION;
  const singles = both ? given.filter((one) => !pair.includes(one)) : given;
  const withRest = (index: string, leading: readonly Condition[]) => ({
    index,
    leading: equal(leading),
    rest: equal(given.filter((one) => !leading.includes(one))),
  });
  return [
    ...singles.map((one) => withRest(`events_by_${one[0]}`, [one])),
    ...(both ? [withRest('events_by_agent_type', pair)] : []),
  ];
}

/** Counts the entries of an index for the conditions, up to a limit. */
function entriesOf(database: Database, { index, leading, time }: QueryConditions): number {
  const where = all([leading, time]);
  const [row] = database.all(
    `SELECT count(*) AS entries FROM
       (SELECT 1 FROM events e INDEXED BY ${index} WHERE ${where.sql} LIMIT ?)`,
    [...where.values, COUNTED_ENTRIES],
  );
  return Number(row?.['entries']);
}

/** Returns the conjunction of conditions; its text is empty without one. */
export function all(conditions: readonly Where[]): Where {
  const active = conditions.filter(({ sql }) => sql !== '');
  return {
    sql: active.map(({ sql }) => sql).join(' AND '),
    values: active.flatMap(({ values }) => values),
  };
}

function equal(conditions: readonly Condition[]): Where {
  return all(conditions.map(([column, value]) => ({ sql: `e.${column} = ?`, values: [value] })));
}
