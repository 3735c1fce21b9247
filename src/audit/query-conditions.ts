import type { AuditQuery } from '../domain/audit-query.js';
import type { DecisionFilter, Where } from './counted.js';
import type { SqlValue } from './database.js';
import { AGENT_TYPES_SINCE_VERSION } from './migrations.js';

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

type Condition = readonly [column: string, value: SqlValue | undefined];

/** The filters by their usual selectivity: a token has few events, a type has the most. */
function equalities(query: AuditQuery): readonly Condition[] {
  return [
    ['jti', query.jti],
    ['grant_id', query.grantId],
    ['session_id', query.sessionId],
    ['task_id', query.taskId],
    ['user_id', query.userId],
    ['agent_id', query.agentId],
    ['type', query.type],
  ];
}

/**
 * Returns the conditions of a query on a store of this schema version.
 * The index is named to SQLite, which has no statistics: left alone it also chose the index of types for an agent.
 */
export function queryConditions(
  query: AuditQuery,
  decision: DecisionFilter | undefined,
  version: number,
): QueryConditions {
  const given = equalities(query).filter(
    (condition): condition is readonly [string, SqlValue] => condition[1] !== undefined,
  );
  const time = all(
    [
      ['e.time_ms >= ?', query.sinceMs],
      ['e.time_ms <= ?', query.untilMs],
    ].flatMap(([sql, value]) =>
      value === undefined ? [] : [{ sql: String(sql), values: [value] }],
    ),
  );
  if (decision !== undefined) {
    const index = decision.by === 'counted' ? 'events_counted' : 'events_by_decision_id';
    return { index, leading: decision, time, rest: equal(given) };
  }
  const [first, second] = given;
  if (first === undefined) {
    return { index: 'events_by_time', leading: all([]), time, rest: all([]) };
  }
  const pair = first[0] === 'agent_id' && second?.[0] === 'type';
  if (pair && version >= AGENT_TYPES_SINCE_VERSION) {
    return { index: 'events_by_agent_type', leading: equal(given), time, rest: all([]) };
  }
  return {
    index: `events_by_${first[0]}`,
    leading: equal([first]),
    time,
    rest: equal(given.slice(1)),
  };
}

/** Returns the conjunction of conditions; its text is empty without one. */
export function all(conditions: readonly Where[]): Where {
  const active = conditions.filter(({ sql }) => sql !== '');
  return {
    sql: active.map(({ sql }) => sql).join(' AND '),
    values: active.flatMap(({ values }) => values),
  };
}

function equal(conditions: readonly (readonly [string, SqlValue])[]): Where {
  return all(conditions.map(([column, value]) => ({ sql: `e.${column} = ?`, values: [value] })));
}
