import type { JsonSchema } from './route.js';

/** Schema of the anomaly score's terms, each with its human-readable sentence. */
export const SAID_TERMS: JsonSchema = {
  type: 'array',
  description: 'Terms of the anomaly score, largest first.',
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
