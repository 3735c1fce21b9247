import { LINT_RULES } from '../../../../domain/policy-author.js';
import type { JsonSchema, QueryParameter } from '../../../route.js';

const STRING: JsonSchema = { type: 'string' };
const STRINGS: JsonSchema = { type: 'array', items: STRING };
const INTEGER: JsonSchema = { type: 'integer' };
const BOOLEAN: JsonSchema = { type: 'boolean' };

function closed(required: Readonly<Record<string, JsonSchema>>, more = {}): JsonSchema {
  return {
    type: 'object',
    required: Object.keys(required),
    additionalProperties: false,
    properties: { ...required, ...more },
  };
}

export const BUILT: JsonSchema = closed({
  revision: STRING,
  digest: STRING,
  opa_version: STRING,
  sequence: INTEGER,
  entrypoints: STRINGS,
  size_bytes: INTEGER,
  files: STRINGS,
  archive: { type: 'string', contentEncoding: 'base64', description: 'The bundle, a tar.gz.' },
});

const STEP: JsonSchema = closed(
  { name: STRING, ok: BOOLEAN, detail: STRING, took_ms: { type: 'number' } },
  { problems: STRINGS },
);

export const TEST_REPORT: JsonSchema = closed(
  {
    ok: BOOLEAN,
    steps: { type: 'array', items: STEP },
    failed_cases: {
      type: 'array',
      items: closed({ file: STRING, name: STRING, problems: STRINGS }),
    },
  },
  { revision: STRING, coverage_percent: { type: 'number' } },
);

export const CHECK_REPORT: JsonSchema = closed({
  ok: BOOLEAN,
  files: INTEGER,
  findings: {
    type: 'array',
    items: closed(
      {
        file: STRING,
        line: INTEGER,
        rule: { enum: [...LINT_RULES] },
        severity: { enum: ['error', 'warning'] },
        message: STRING,
        hint: STRING,
      },
      { column: INTEGER },
    ),
  },
});

export const BUILD_QUERY: Readonly<Record<'sequence' | 'revision', QueryParameter>> = {
  sequence: {
    description: 'Release number to stamp; default: none.',
    schema: { type: 'integer', minimum: 0 },
  },
  revision: {
    description: 'Revision name; default: the hash of the content.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}$' },
  },
};

export const TEST_QUERY: Readonly<Record<'threshold', QueryParameter>> = {
  threshold: {
    description: 'Minimum coverage of the Rego tests in percent of lines; default: 95.',
    schema: { type: 'number', minimum: 0, maximum: 100 },
  },
};
