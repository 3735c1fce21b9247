import type { JsonSchema } from '../../../route.js';
import { REPLAY_MIN_COVERAGE } from '../../../../domain/replay-sample.js';
import { CHANGES, PRINCIPAL } from '../schema.js';
import { FUEL, REPLAY_SAMPLE } from '../sample-schema.js';

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
    fuel: FUEL,
    tested: {
      type: 'boolean',
      description:
        'An input was granted, and every property that refuses was exercised. False with `ok`: accepted untested.',
    },
    inputs: {
      type: 'object',
      description:
        'Inputs of the test by origin, those with a grant, and properties not exercised.',
      required: ['cases', 'recorded', 'registry', 'constants', 'generated', 'granted', 'untested'],
      additionalProperties: false,
      properties: {
        cases: INTEGER,
        recorded: INTEGER,
        registry: INTEGER,
        constants: INTEGER,
        generated: INTEGER,
        granted: INTEGER,
        untested: STRINGS,
      },
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
    sample: REPLAY_SAMPLE,
    fuel: FUEL,
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

/** What the caller tolerates of the replay before a bundle decides. */
const ALLOWANCE: Readonly<Record<string, JsonSchema>> = {
  allow_new_grants: {
    type: 'integer',
    minimum: 0,
    maximum: 1_000_000_000,
    description: 'Maximum of recorded decisions with new grants; default: 0.',
  },
  min_coverage_percent: {
    type: 'integer',
    minimum: 0,
    maximum: 100,
    description: `Smallest accepted share of strata replayed, in percent; default: ${String(REPLAY_MIN_COVERAGE * 100)}.`,
  },
};

const UNTESTED: Readonly<Record<string, JsonSchema>> = {
  allow_untested: {
    type: 'boolean',
    description: 'Accept a bundle that no input tested; default: false.',
  },
};

export const ACTIVATE_BODY = body({ reason: REASON, ...ALLOWANCE, ...UNTESTED }, []);
export const SHADOW_BODY = body({ reason: REASON, ...UNTESTED }, []);
export const CANARY_BODY = body(
  {
    percent: { type: 'integer', minimum: 1, maximum: 99 },
    ...{ reason: REASON, ...ALLOWANCE, ...UNTESTED },
  },
  ['percent'],
);
export const ROLLBACK_BODY = body(
  { to: { type: 'string', minLength: 1, maxLength: 128 }, reason: REASON },
  ['reason'],
);
