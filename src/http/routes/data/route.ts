import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type JsonSchema, type Route } from '../../route.js';
import { evaluateData, type DataDeps } from './handler.js';

const STRING: JsonSchema = { type: 'string' };
const NANOSECONDS: JsonSchema = { type: 'integer', minimum: 0 };
const FLAG: JsonSchema = { enum: ['', 'true', 'false'] };

const REQUEST: JsonSchema = {
  type: 'object',
  description: 'Members beside `input` are ignored.',
  required: ['input'],
  properties: { input: { type: 'object' } },
};

const ANSWER: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    decision_id: { ...STRING, description: 'Names the event; absent when nothing was evaluated.' },
    result: { description: 'Whatever the entrypoint says; absent when it is undefined.' },
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

/** OPA's Data API, for clients that speak it. */
export function dataRoutes(deps: DataDeps): readonly Route[] {
  const route = adminRoute('evaluateData', {
    summary: 'What an entrypoint of the active bundle says to an input, as it is; OPA’s Data API.',
    method: 'POST',
    path: '/v1/data/{path+}',
    json: REQUEST,
    query: {
      pretty: { description: 'Indented.', schema: FLAG },
      metrics: { description: 'Some of OPA’s timers, in nanoseconds.', schema: FLAG },
      provenance: { description: 'The revision of the bundle.', schema: FLAG },
    },
    responses: { 200: jsonAnswer('The document; without `result` when undefined.', ANSWER) },
    handler: evaluateData(deps),
  });
  return [{ ...route, errorShape: 'opa' }];
}
