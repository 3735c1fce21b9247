import type { JsonSchema } from '../../route.js';

const CHECK: JsonSchema = {
  type: 'object',
  required: ['name', 'ok', 'detail', 'ms'],
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    ok: { type: 'boolean' },
    detail: { type: 'string' },
    ms: { type: 'number', minimum: 0 },
  },
};

function readiness(status: 'ready' | 'not_ready'): JsonSchema {
  return {
    type: 'object',
    required: ['status', 'checks'],
    additionalProperties: false,
    properties: { status: { const: status }, checks: { type: 'array', items: CHECK } },
  };
}

export const READY = readiness('ready');
export const NOT_READY = readiness('not_ready');
