import { CHANGE_KINDS } from '../../../domain/policy-lifecycle.js';
import type { JsonSchema } from '../../route.js';

const STRING: JsonSchema = { type: 'string' };
const INTEGER: JsonSchema = { type: 'integer' };

export const PRINCIPAL: JsonSchema = {
  type: 'object',
  required: ['kind', 'id'],
  additionalProperties: false,
  properties: { kind: STRING, id: STRING },
};

/** How often each kind of change was seen. */
export const CHANGES: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, INTEGER])),
};

const TRIAL: JsonSchema = {
  type: 'object',
  description: 'What a bundle on trial did, beside what the active one did with the same inputs.',
  required: ['role', 'digest', 'since_ms', 'decisions', 'errors', 'denials', 'changes'],
  additionalProperties: false,
  properties: {
    role: { enum: ['shadow', 'canary'] },
    digest: STRING,
    since_ms: INTEGER,
    decisions: INTEGER,
    errors: INTEGER,
    denials: INTEGER,
    active_errors: INTEGER,
    active_denials: INTEGER,
    skipped: INTEGER,
    changes: CHANGES,
  },
};

export const NODE: JsonSchema = {
  type: 'object',
  required: ['node', 'seen_ms', 'ready', 'refused', 'generation', 'trials'],
  additionalProperties: false,
  properties: {
    node: STRING,
    seen_ms: INTEGER,
    ready: { type: 'array', items: STRING },
    refused: { type: 'object', additionalProperties: STRING },
    generation: { type: 'integer', description: '0: this node cannot decide, and issues nothing.' },
    trials: { type: 'array', items: TRIAL },
  },
};
