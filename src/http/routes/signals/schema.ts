import type { JsonSchema } from '../../route.js';

export interface ResetBody {
  readonly reason: string;
}

export const RESET_BODY: JsonSchema = {
  type: 'object',
  required: ['reason'],
  additionalProperties: false,
  properties: { reason: { type: 'string', minLength: 1, maxLength: 512 } },
};

const STRING: JsonSchema = { type: 'string' };
const NUMBER: JsonSchema = { type: 'number' };
const INTEGER: JsonSchema = { type: 'integer' };
const HOURS: JsonSchema = { type: 'array', items: NUMBER, minItems: 24, maxItems: 24 };
const COUNTS: JsonSchema = { type: 'array', items: INTEGER, maxItems: 2016 };

/** Returns the schema of a closed object; members not in `optional` are required. */
function closed(
  properties: Readonly<Record<string, JsonSchema>>,
  description?: string,
  optional: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    additionalProperties: false,
    properties,
  };
}

const TERM = closed({
  name: STRING,
  value: NUMBER,
  expected: NUMBER,
  score: NUMBER,
  sentence: { type: 'string', description: 'The term as a human-readable sentence.' },
});

const PROFILE = closed(
  {
    version: { type: 'integer', description: '0: no state is stored for this agent.' },
    fault: {
      type: 'string',
      description: 'Why the state is unreadable: the next request resets it.',
    },
    learning: { type: 'boolean' },
    events: INTEGER,
    since_ms: { type: 'integer', description: 'Time of the first event; absent without events.' },
    anomaly: NUMBER,
    terms: { type: 'array', items: TERM, description: 'All terms, largest score first.' },
    profile: closed(
      { weekday: HOURS, weekend: HOURS },
      'Expected requests in 10 minutes, by hour of the day in UTC.',
    ),
    learned: closed(
      { requests_10m: NUMBER, dispersion: NUMBER, denial_share: NUMBER, novelty_share: NUMBER },
      'The learned profile of this agent; new agents of a class start from the medians of the class.',
    ),
    state_bytes: INTEGER,
  },
  undefined,
  ['since_ms', 'fault'],
);

const SERIES = closed(
  {
    from_ms: { type: 'integer', description: 'Start of cell 0.' },
    step_seconds: { const: 600 },
    cells: closed(
      {
        index: COUNTS,
        requests: COUNTS,
        granted: COUNTS,
        denials: COUNTS,
        rate_limited: COUNTS,
        anomaly: { type: 'array', items: { type: ['number', 'null'] }, maxItems: 2016 },
      },
      'Columns of equal length. Cell i starts at from_ms + index[i] × step; cells without requests are omitted.',
    ),
  },
  'Recorded decisions of at most 14 days; the last seconds may be missing.',
);

export const AGENT_SIGNALS = closed(
  {
    agent_id: STRING,
    class: STRING,
    status: { enum: ['active', 'disabled', 'quarantined'] },
    now_ms: INTEGER,
    profile: PROFILE,
    series: SERIES,
    series_missing: { type: 'string', description: 'Why the series is missing.' },
  },
  undefined,
  ['series', 'series_missing'],
);

export const SIGNAL_EXPORT = closed({
  agent_id: STRING,
  exported_at_ms: INTEGER,
  state: {
    type: ['object', 'null'],
    description: 'The stored state; its members differ between versions. Null: no state is stored.',
  },
});
