import type { JsonSchema } from '../../route.js';

const COUNT: JsonSchema = { type: 'integer', minimum: 0 };

export const CLOCK_RESET: JsonSchema = {
  type: 'object',
  required: ['reset', 'kept', 'ahead_ms'],
  additionalProperties: false,
  properties: { reset: COUNT, kept: COUNT, ahead_ms: COUNT },
};
