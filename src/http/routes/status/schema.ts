import type { JsonSchema } from '../../route.js';

const STRING: JsonSchema = { type: 'string' };
const TIME: JsonSchema = { type: 'string', format: 'date-time' };
const NUMBERS: JsonSchema = { type: 'object', additionalProperties: { type: 'number' } };
const FAILURE = {
  code: STRING,
  message: STRING,
  http_code: { type: 'integer' },
  metrics: NUMBERS,
} as const;

const BUNDLE: JsonSchema = {
  type: 'object',
  required: [
    'name',
    'last_successful_activation',
    'last_successful_download',
    'last_successful_request',
    'last_request',
  ],
  additionalProperties: false,
  properties: {
    name: STRING,
    active_revision: STRING,
    last_successful_activation: TIME,
    type: STRING,
    size: { type: 'integer' },
    last_successful_download: TIME,
    last_successful_request: TIME,
    last_request: TIME,
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'message'],
        additionalProperties: false,
        properties: { code: STRING, message: STRING },
      },
    },
    ...FAILURE,
  },
};

const PLUGIN: JsonSchema = {
  type: 'object',
  required: ['state'],
  additionalProperties: false,
  properties: { state: { enum: ['OK', 'NOT_READY', 'WARN', 'ERROR'] }, message: STRING },
};

/** Schema of the response to OPA's `GET /v1/status`. */
export const STATUS: JsonSchema = {
  type: 'object',
  required: ['result'],
  additionalProperties: false,
  properties: {
    result: {
      type: 'object',
      required: ['labels', 'bundles', 'plugins'],
      additionalProperties: false,
      properties: {
        labels: { type: 'object', additionalProperties: STRING },
        bundles: { type: 'object', additionalProperties: BUNDLE },
        decision_logs: { type: 'object', additionalProperties: false, properties: FAILURE },
        plugins: { type: 'object', additionalProperties: PLUGIN },
      },
    },
  },
};
