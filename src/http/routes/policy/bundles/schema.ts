import type { JsonSchema } from '../../../route.js';
import { CHANGES, PRINCIPAL } from '../schema.js';

const STRING: JsonSchema = { type: 'string' };
const INTEGER: JsonSchema = { type: 'integer' };
const STRINGS: JsonSchema = { type: 'array', items: STRING };
const REASON: JsonSchema = { type: 'string', minLength: 1, maxLength: 512 };

const STEP: JsonSchema = {
  type: 'object',
  required: ['name', 'ok', 'detail', 'took_ms'],
  additionalProperties: false,
  properties: {
    name: STRING,
    ok: { type: 'boolean' },
    detail: STRING,
    problems: STRINGS,
    warnings: STRINGS,
    took_ms: { type: 'number' },
  },
};

const REPORT: JsonSchema = {
  type: 'object',
  description: 'Findings of the admission.',
  required: ['ok', 'at_ms', 'took_ms', 'steps'],
  additionalProperties: false,
  properties: {
    digest: STRING,
    revision: STRING,
    ok: { type: 'boolean' },
    at_ms: INTEGER,
    took_ms: { type: 'number' },
    steps: { type: 'array', items: STEP },
    known_input: {
      type: 'object',
      description: 'The input that nodes serving the bundle evaluate every few seconds.',
      required: ['input', 'effect'],
      additionalProperties: false,
      properties: { input: { type: 'object' }, effect: STRING },
    },
    fuel: {
      type: 'object',
      description:
        'Fuel: version of the meter, units of one evaluation, highest use of an ordinary input.',
      required: ['meter', 'budget', 'highest'],
      additionalProperties: false,
      properties: { meter: INTEGER, budget: INTEGER, highest: INTEGER },
    },
  },
};

export const REPLAY_SUMMARY: JsonSchema = {
  type: 'object',
  description: 'Results of recorded decisions replayed through the bundle.',
  required: ['at_ms', 'since_ms', 'replayed', 'unchanged', 'not_replayable', 'changes'],
  additionalProperties: false,
  properties: {
    at_ms: INTEGER,
    against: STRING,
    since_ms: INTEGER,
    replayed: INTEGER,
    unchanged: INTEGER,
    not_replayable: INTEGER,
    changes: CHANGES,
  },
};

export const BUNDLE: JsonSchema = {
  type: 'object',
  required: [
    ...['digest', 'revision', 'sequence', 'opa_version', 'entrypoints', 'size_bytes'],
    ...['pushed_at_ms', 'pushed_by', 'source'],
  ],
  additionalProperties: false,
  properties: {
    digest: STRING,
    revision: STRING,
    sequence: INTEGER,
    opa_version: STRING,
    entrypoints: STRINGS,
    size_bytes: INTEGER,
    signed_by: STRING,
    pushed_at_ms: INTEGER,
    pushed_by: PRINCIPAL,
    source: STRING,
    report: REPORT,
    replay: REPLAY_SUMMARY,
  },
};

export const BUNDLES: JsonSchema = {
  type: 'object',
  required: ['items'],
  additionalProperties: false,
  properties: { items: { type: 'array', items: BUNDLE } },
};

function body(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[],
): JsonSchema {
  return { type: 'object', required, additionalProperties: false, properties };
}

export const ACTIVATE_BODY = body(
  {
    reason: REASON,
    allow_new_grants: {
      type: 'integer',
      minimum: 0,
      maximum: 1_000_000_000,
      description: 'Maximum of recorded decisions with new grants; default: 0.',
    },
  },
  [],
);
export const SHADOW_BODY = body({ reason: REASON }, []);
export const CANARY_BODY = body(
  { percent: { type: 'integer', minimum: 1, maximum: 99 }, reason: REASON },
  ['percent'],
);
export const ROLLBACK_BODY = body(
  { to: { type: 'string', minLength: 1, maxLength: 128 }, reason: REASON },
  ['reason'],
);
