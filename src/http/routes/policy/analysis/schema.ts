import { CHANGE_KINDS } from '../../../../domain/policy-lifecycle.js';
import type { JsonSchema } from '../../../route.js';
import { FUEL, REPLAY_SAMPLE } from '../sample-schema.js';

const STRING: JsonSchema = { type: 'string' };
const INTEGER: JsonSchema = { type: 'integer' };
const BOOLEAN: JsonSchema = { type: 'boolean' };
const OBJECT: JsonSchema = { type: 'object' };
const TIME: JsonSchema = {
  type: 'string',
  description: 'RFC 3339, or milliseconds since the Unix epoch.',
};

function list(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

function closed(
  properties: Record<string, JsonSchema>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', required, additionalProperties: false, properties };
}

const BUNDLE = closed({ digest: STRING, revision: STRING });
const KIND: JsonSchema = { enum: CHANGE_KINDS };
const OUTCOME: JsonSchema = {
  oneOf: [
    { const: 'error' },
    closed({
      effect: { enum: ['allow', 'narrow', 'review', 'deny'] },
      scopes: list(STRING),
      ttl_seconds: INTEGER,
    }),
  ],
};
const REMOVED = list(closed({ scope: STRING, rule: STRING, reason: STRING }));
const GRANTS = list(
  closed({ resource: STRING, scopes: list(STRING), max_ttl_seconds: INTEGER }, ['max_ttl_seconds']),
);

export const REPLAY_BODY = closed(
  {
    since: TIME,
    until: TIME,
    limit: { type: 'integer', minimum: 1, maximum: 1_000_000 },
    agent: STRING,
    sample: {
      type: 'boolean',
      description: 'Replay a sample over the whole period, as an activation does; ignores `limit`.',
    },
  },
  ['until', 'limit', 'agent', 'sample'],
);
export interface ReplayBody {
  readonly since: string;
  readonly until?: string;
  readonly limit?: number;
  readonly agent?: string;
  readonly sample?: boolean;
}

export const REPLAY_REPORT = closed(
  {
    candidate: BUNDLE,
    at_ms: INTEGER,
    since_ms: INTEGER,
    until_ms: INTEGER,
    decisions: INTEGER,
    replayed: INTEGER,
    unchanged: INTEGER,
    masked: INTEGER,
    changes: { type: 'object', propertyNames: KIND, additionalProperties: INTEGER },
    new_grants: INTEGER,
    groups: list(
      closed({
        kind: KIND,
        agent: STRING,
        rules: list(STRING),
        count: INTEGER,
        example: closed(
          {
            decision_id: STRING,
            revision: STRING,
            before: OUTCOME,
            after: OUTCOME,
            input: OBJECT,
            minimised: BOOLEAN,
            why_not_minimised: STRING,
          },
          ['why_not_minimised'],
        ),
      }),
    ),
    groups_omitted: INTEGER,
    not_replayable: list(closed({ reason: STRING, count: INTEGER, example: STRING })),
    sample: REPLAY_SAMPLE,
    fuel: FUEL,
    stopped: { enum: ['limit', 'deadline'] },
    oldest_ms: INTEGER,
    took_ms: INTEGER,
    decisions_per_second: INTEGER,
  },
  ['sample', 'fuel', 'stopped', 'oldest_ms'],
);

export const EVALUATE_BODY = closed({ bundle: STRING, input: OBJECT }, ['bundle']);
export interface EvaluateBody {
  readonly bundle?: string;
  readonly input: object;
}

export const EVALUATION = closed(
  {
    bundle: BUNDLE,
    input_digest: STRING,
    outcome: OUTCOME,
    reasons: list(closed({ rule: STRING, code: STRING, message: STRING })),
    removed: REMOVED,
    obligations: list(STRING),
    fault: STRING,
    clamped: closed(
      { scopes: list(STRING), ttl_seconds: closed({ from: { type: 'number' }, to: INTEGER }) },
      ['ttl_seconds'],
    ),
    evaluation_micros: INTEGER,
  },
  ['input_digest', 'fault', 'clamped'],
);

export const EXPLANATION = closed(
  {
    decision_id: STRING,
    time_ms: INTEGER,
    agent_id: STRING,
    resource: STRING,
    revision: STRING,
    recorded: closed({ outcome: OUTCOME, rules: list(STRING), removed: REMOVED }),
    rules: list(
      closed({ rule: STRING, title: STRING, description: STRING, location: STRING }, [
        ...['title', 'description', 'location'],
      ]),
    ),
    scopes: list(
      closed(
        {
          scope: STRING,
          verdict: { enum: ['granted', 'cut', 'waits', 'denied'] },
          rule: STRING,
          reason: STRING,
        },
        ['rule', 'reason'],
      ),
    ),
    evaluation: EVALUATION,
    why_not_evaluated: STRING,
    reproduced: BOOLEAN,
    differences: list(STRING),
    trace: closed({ text: STRING, truncated: BOOLEAN }),
    why_no_trace: STRING,
  },
  [
    ...['evaluation', 'why_not_evaluated', 'reproduced', 'differences'],
    ...['trace', 'why_no_trace'],
  ],
);

export const DIFFERENCE = closed({
  from: BUNDLE,
  to: BUNDLE,
  rego: closed({ text: STRING, truncated: BOOLEAN, why_not: STRING }, ['why_not']),
  data: closed({
    changes: list(closed({ pointer: STRING, from: {}, to: {} }, ['from', 'to'])),
    truncated: BOOLEAN,
  }),
  modules_differ: BOOLEAN,
  permissions: closed({
    inputs: closed({ recorded: INTEGER, cases: INTEGER, generated: INTEGER }),
    unchanged: INTEGER,
    changes: list(
      closed({
        kind: KIND,
        count: INTEGER,
        example: closed({
          source: STRING,
          name: STRING,
          input: OBJECT,
          before: OUTCOME,
          after: OUTCOME,
        }),
      }),
    ),
  }),
});

export const TIGHTEN_BODY = closed({ since: TIME, agent: STRING }, ['agent']);
export interface TightenBody {
  readonly since: string;
  readonly agent?: string;
}

export const TIGHTENED = closed(
  {
    since_ms: INTEGER,
    until_ms: INTEGER,
    tokens: INTEGER,
    uses: list(
      closed(
        {
          agent: STRING,
          resource: STRING,
          scope: STRING,
          granted: INTEGER,
          used: INTEGER,
          last_used_ms: INTEGER,
        },
        ['last_used_ms'],
      ),
    ),
    proposals: list(
      closed({ of: { enum: ['agent', 'role'] }, id: STRING, before: GRANTS, after: GRANTS }),
    ),
    data_patch: list(closed({ op: { const: 'replace' }, path: STRING, value: {} })),
    cases: OBJECT,
    check: closed({ requests: INTEGER, still_granted: INTEGER, narrowed: INTEGER }),
    notes: list(STRING),
  },
  ['check'],
);
