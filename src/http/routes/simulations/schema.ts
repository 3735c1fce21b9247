import { RECORD_ID_PATTERN } from '../../../schema/registry.js';
import type { JsonSchema } from '../../route.js';
import { SAID_TERMS } from '../../signal-schema.js';

export interface SimulationBody {
  readonly since: string;
  readonly until?: string;
  readonly warm_up_seconds?: number;
  readonly step_up?: number;
  readonly quarantine: number;
  readonly class?: string;
  readonly agent?: string;
}

const TIME: JsonSchema = {
  type: 'string',
  description: 'RFC 3339, or milliseconds since the Unix epoch.',
};
const SCORE: JsonSchema = { type: 'number', minimum: 0, maximum: 1 };
const INTEGER: JsonSchema = { type: 'integer' };
const ID: JsonSchema = { type: 'string', pattern: RECORD_ID_PATTERN };
/** One year, above any likely retention of the audit record. */
const MAX_WARM_UP_SECONDS = 31_536_000;

export const SIMULATION_BODY: JsonSchema = {
  type: 'object',
  required: ['since', 'quarantine'],
  additionalProperties: false,
  properties: {
    since: TIME,
    until: TIME,
    warm_up_seconds: {
      type: 'integer',
      minimum: 0,
      maximum: MAX_WARM_UP_SECONDS,
      description: 'Learning period before `since`, not counted in the report; default: 14 days.',
    },
    step_up: { ...SCORE, description: 'Default: 0.8, or `quarantine` if that is lower.' },
    quarantine: SCORE,
    class: { ...ID, description: 'Only agents of this class at present.' },
    agent: ID,
  },
};

const CROSSING = {
  agent: { type: 'string' },
  at_ms: INTEGER,
  decision_id: { type: 'string' },
  anomaly: { type: 'number' },
  signals: SAID_TERMS,
} as const;

function closed(properties: Readonly<Record<string, JsonSchema>>, optional = ''): JsonSchema {
  const required = Object.keys(properties).filter((name) => name !== optional);
  return { type: 'object', required, additionalProperties: false, properties };
}

export const SIMULATION_REPORT: JsonSchema = closed(
  {
    since_ms: INTEGER,
    until_ms: INTEGER,
    warm_up_ms: INTEGER,
    step_up: { type: 'number' },
    quarantine: { type: 'number' },
    agents: INTEGER,
    events: INTEGER,
    stopped: INTEGER,
    stepped_up: INTEGER,
    stops: {
      type: 'array',
      description: 'In order of time; the first thousand.',
      items: closed({
        ...CROSSING,
        later_requests: INTEGER,
        denied_grants: INTEGER,
        tokens_cut: INTEGER,
      }),
    },
    step_ups: {
      type: 'array',
      description: 'In order of time; the first thousand.',
      items: closed({ ...CROSSING, requests: INTEGER, grants: INTEGER }),
    },
    events_per_second: INTEGER,
    ended: {
      const: 'deadline',
      description: 'The time limit was reached; the remaining agents were not simulated.',
    },
  },
  'ended',
);
