import type { JsonSchema } from '../../route.js';

const STRING: JsonSchema = { type: 'string' };

const NANOSECONDS: JsonSchema = { type: 'integer', minimum: 0 };

/** Schema of a flag in the query; OPA reads an empty value as true. */
export const FLAG: JsonSchema = { enum: ['', 'true', 'false'] };

/** Schema of a request of OPA's Data API. */
export const REQUEST: JsonSchema = {
  type: 'object',
  description: 'Members other than `input` are ignored.',
  required: ['input'],
  properties: { input: { type: 'object' } },
};

/** Schema of a response of OPA's Data API. */
export const ANSWER: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    decision_id: {
      ...STRING,
      description: 'Id of the audit event; absent when nothing was evaluated.',
    },
    result: { description: 'Result of the entrypoint; absent when undefined.' },
    metrics: {
      type: 'object',
      additionalProperties: false,
      properties: {
        timer_rego_input_parse_ns: NANOSECONDS,
        timer_rego_query_eval_ns: NANOSECONDS,
        timer_server_handler_ns: NANOSECONDS,
      },
    },
    provenance: {
      type: 'object',
      required: ['version', 'bundles'],
      additionalProperties: false,
      properties: {
        version: STRING,
        build_commit: STRING,
        build_timestamp: STRING,
        build_hostname: STRING,
        bundles: { type: 'object' },
      },
    },
  },
};
