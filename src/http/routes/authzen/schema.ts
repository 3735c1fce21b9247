import { MAX_EVALUATIONS } from '../../../domain/access-evaluation.js';
import type { JsonSchema } from '../../route.js';

const text = (description: string): JsonSchema => ({ type: 'string', description });
const UNSEEN: JsonSchema = {
  type: 'object',
  description: 'Not passed to the policy: any member makes the decision false.',
};

const ENTITIES: Readonly<Record<string, JsonSchema>> = {
  subject: {
    type: 'object',
    required: ['type', 'id'],
    properties: { type: text('`agent`.'), id: text('An agent’s id.'), properties: UNSEEN },
  },
  action: {
    type: 'object',
    required: ['name'],
    properties: { name: text('One scope.'), properties: UNSEEN },
  },
  resource: {
    type: 'object',
    required: ['type', 'id'],
    properties: {
      type: text('`resource`.'),
      id: text('A registered id or one of its audience URIs.'),
      properties: UNSEEN,
    },
  },
  context: {
    type: 'object',
    description: 'Any other member makes the decision false: it is not passed to the policy.',
    properties: {
      ttl_seconds: { type: 'integer', minimum: 1, description: 'As `ttl` of a token request.' },
      session_id: text('Declared.'),
      task_id: text('Declared.'),
      user_id: text('Declared.'),
      reason: text('Declared.'),
    },
  },
};

const CREDENTIALS: Readonly<Record<string, JsonSchema>> = {
  client_id: text('Required without HTTP Basic.'),
  client_secret: text('RFC 6749 section 2.3.1.'),
  client_assertion: text('RFC 7523; agents only.'),
  client_assertion_type: text('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
};

const EXAMPLE = {
  subject: { type: 'agent', id: 'demo-agent' },
  action: { name: 'read_invoices' },
  resource: { type: 'resource', id: 'stripe' },
};

export const EVALUATION: JsonSchema = {
  type: 'object',
  required: ['subject', 'action', 'resource'],
  properties: { ...ENTITIES, ...CREDENTIALS },
  examples: [EXAMPLE],
};

export const EVALUATIONS: JsonSchema = {
  type: 'object',
  description: 'The entities next to `evaluations` are defaults for those that an item omits.',
  properties: {
    ...ENTITIES,
    ...CREDENTIALS,
    evaluations: {
      type: 'array',
      maxItems: MAX_EVALUATIONS,
      items: { type: 'object', properties: ENTITIES },
    },
    options: {
      type: 'object',
      properties: {
        evaluations_semantic: {
          enum: ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'],
        },
      },
    },
  },
  examples: [{ ...EXAMPLE, evaluations: [{}, { action: { name: 'read_customers' } }] }],
};

const REASONS: JsonSchema = {
  type: 'array',
  description:
    'As in a denial of a token request, to the agent itself only; `member_not_seen` to every caller.',
  items: {
    type: 'object',
    required: ['rule', 'code', 'message'],
    additionalProperties: false,
    properties: { rule: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
  },
};

const closed = (
  required: readonly string[],
  properties: Record<string, JsonSchema>,
): JsonSchema => ({
  type: 'object',
  required,
  additionalProperties: false,
  properties,
});

const PERMIT = closed(['decision', 'context'], {
  decision: { const: true },
  context: closed(['decision_id', 'ttl_seconds'], {
    decision_id: text('Names the event.'),
    ttl_seconds: { type: 'integer', minimum: 1, description: 'Lifetime of a token in seconds.' },
  }),
});

const DENIAL = closed(['decision', 'context'], {
  decision: { const: false },
  context: closed(['decision_id'], {
    decision_id: text('Names the event.'),
    review_required: { const: true, description: 'Approval by a person is required.' },
    reasons: REASONS,
  }),
});

const FAILED = closed(['decision', 'context'], {
  decision: { const: false },
  context: closed(['error'], {
    error: closed(['status', 'message'], { status: { const: 400 }, message: { type: 'string' } }),
  }),
});

export const DECISION: JsonSchema = { oneOf: [PERMIT, DENIAL] };

export const DECISIONS: JsonSchema = closed(['evaluations'], {
  evaluations: {
    type: 'array',
    minItems: 1,
    maxItems: MAX_EVALUATIONS,
    items: { oneOf: [PERMIT, DENIAL, FAILED] },
  },
});
