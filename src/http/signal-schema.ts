import type { JsonSchema } from './route.js';

/** Terms of the anomaly score, each with its sentence. */
export const SAID_TERMS: JsonSchema = {
  type: 'array',
  description: 'What the anomaly score is made of, largest first.',
  items: {
    type: 'object',
    required: ['name', 'value', 'expected', 'score', 'sentence'],
    additionalProperties: false,
    properties: {
      name: { type: 'string' },
      value: { type: 'number' },
      expected: { type: 'number' },
      score: { type: 'number' },
      sentence: { type: 'string' },
    },
  },
};
