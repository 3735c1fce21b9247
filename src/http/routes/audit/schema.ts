import { AUDIT_EVENT_TYPES } from '../../../domain/audit.js';
import { REFUSAL_BUCKETS } from '../../../domain/budget.js';
import { PAGE_PARAMETERS, pageSchema } from '../../paging.js';
import type { JsonSchema, QueryParameter } from '../../route.js';
import { SAID_TERMS } from '../../signal-schema.js';

const STRING: JsonSchema = { type: 'string' };
const STRINGS: JsonSchema = { type: 'array', items: STRING };
const INTEGER: JsonSchema = { type: 'integer' };

function texts(...names: readonly string[]): Record<string, JsonSchema> {
  return Object.fromEntries(names.map((name) => [name, STRING]));
}

const REMOVED: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['scope', 'rule', 'reason'],
    additionalProperties: false,
    properties: texts('scope', 'rule', 'reason'),
  },
};

const USE: JsonSchema = {
  type: 'object',
  description: 'Use of the grant, observed by introspection.',
  required: ['count', 'last_at_ms'],
  additionalProperties: false,
  properties: { count: INTEGER, last_at_ms: INTEGER },
};

const BUCKET: JsonSchema = { enum: REFUSAL_BUCKETS };

/** Schema of a stored audit event. */
export const AUDIT_EVENT: JsonSchema = {
  type: 'object',
  required: ['event_id', 'time_ms', 'type', 'principal'],
  additionalProperties: false,
  properties: {
    event_id: STRING,
    time_ms: INTEGER,
    type: { enum: AUDIT_EVENT_TYPES },
    principal: {
      type: 'object',
      required: ['kind', 'id'],
      additionalProperties: false,
      properties: { kind: { enum: ['agent', 'resource_server', 'admin', 'system'] }, id: STRING },
    },
    ...texts('request_id', 'agent_id', 'session_id', 'task_id', 'user_id', 'declared_reason'),
    ...texts('resource', 'decision_id', 'effect', 'policy_revision', 'input_digest'),
    ...texts('authentication', 'client', 'grant_id', 'jti', 'kid'),
    scopes_requested: STRINGS,
    scopes_granted: STRINGS,
    removed: REMOVED,
    rules: STRINGS,
    codes: STRINGS,
    clamped: { type: 'boolean' },
    alarms: STRINGS,
    honey_scopes: INTEGER,
    anomaly: { type: 'number', description: 'Anomaly score of the agent’s behaviour, in [0, 1).' },
    signals: SAID_TERMS,
    input_masked: STRINGS,
    not_replayable: STRING,
    ttl_seconds_requested: INTEGER,
    ttl_seconds_granted: INTEGER,
    expires_at_ms: INTEGER,
    count: { type: 'integer', description: 'Number of refusals that this event counts.' },
    bucket: BUCKET,
    first_at_ms: INTEGER,
    last_at_ms: INTEGER,
    cut: { ...STRINGS, description: 'Members truncated to their size limit.' },
    detail: { type: 'object' },
    use: USE,
  },
};

export const AUDIT_PAGE: JsonSchema = pageSchema(
  AUDIT_EVENT,
  {
    complete: {
      type: 'boolean',
      description: 'False while recorded events are not in the store yet: retry.',
    },
  },
  {
    problem: {
      type: 'string',
      description:
        'The fault of the audit store or of a sink, and its remedy; absent without a fault.',
    },
    found_by: {
      enum: ['shard_and_minute'],
      description:
        'The decision has no separate event: it is one of the refusals that the items count.',
    },
    counting: {
      type: 'array',
      description:
        'Refusals of the current minute; their event follows. Only with an agent or a decision.',
      items: {
        type: 'object',
        required: ['agent_id', 'bucket', 'count', 'first_at_ms', 'last_at_ms'],
        additionalProperties: false,
        properties: {
          agent_id: STRING,
          bucket: BUCKET,
          count: INTEGER,
          first_at_ms: INTEGER,
          last_at_ms: INTEGER,
        },
      },
    },
  },
);

const filter = (description: string): QueryParameter => ({ description, schema: STRING });
const TIME = 'RFC 3339, or milliseconds since the Unix epoch; inclusive.';

export const AUDIT_PARAMETERS = {
  agent: filter('Agent id.'),
  session: filter('Session id.'),
  task: filter('Task id.'),
  user: filter('User id.'),
  decision: filter('Decision id.'),
  grant: filter('Grant id.'),
  jti: filter('Token id.'),
  type: { description: 'Event type.', schema: { enum: AUDIT_EVENT_TYPES } },
  since: filter(`Not before. ${TIME}`),
  until: filter(`Not after. ${TIME}`),
  order: {
    description: 'Order by time; default: newest first.',
    schema: { enum: ['asc', 'desc'], default: 'desc' },
  },
  ...PAGE_PARAMETERS,
} as const satisfies Record<string, QueryParameter>;

export const AUDIT_PARAMETER_NAMES = Object.keys(AUDIT_PARAMETERS) as readonly AuditParameter[];
export type AuditParameter = keyof typeof AUDIT_PARAMETERS;
