import { MAX_SCOPES, MAX_SCOPE_CHARS } from '../../../domain/scope.js';
import type { JsonSchema } from '../../route.js';

const text = (description: string): JsonSchema => ({ type: 'string', description });

const DECLARED = {
  session_id: text('Attributes and lets an operator revoke by session; never grants.'),
  task_id: text('Attributes and lets an operator revoke by task; never grants.'),
  user_id: text('The user that the agent declares to act for; never grants.'),
  reason: text('Reason as declared by the agent; stored in the audit event.'),
};

const CREDENTIALS = {
  client_id: text('The agent’s id, when it is not sent with Basic.'),
  client_secret: text('RFC 6749 section 2.3.1.'),
  client_assertion: text('RFC 7523: a JWT signed with one of the agent’s keys.'),
  client_assertion_type: text('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
};

const SCOPES = {
  description: `1 to ${String(MAX_SCOPES)} scopes of at most ${String(MAX_SCOPE_CHARS)} characters.`,
};

/** Schema of the JSON token request. Unknown members are ignored. */
export const TOKEN_JSON: JsonSchema = {
  type: 'object',
  required: ['resource', 'scope'],
  properties: {
    grant_type: { const: 'client_credentials', description: 'Optional.' },
    agent_id: text('Alias of client_id; must match the proven identity.'),
    resource: text('A registered id or one of its audience URIs.'),
    scope: {
      ...SCOPES,
      oneOf: [
        { type: 'string', description: 'Separated by spaces.' },
        { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_SCOPES },
      ],
    },
    ttl: {
      type: 'integer',
      minimum: 1,
      description: 'Seconds; clamped to every cap that applies.',
    },
    ...DECLARED,
    ...CREDENTIALS,
  },
  examples: [{ resource: 'stripe', scope: 'read_invoices', ttl: 300 }],
};

/** Schema of the form token request: RFC 6749 section 4.4.2 with RFC 8707 `resource`. */
export const TOKEN_FORM: JsonSchema = {
  type: 'object',
  required: ['grant_type', 'resource', 'scope'],
  properties: {
    grant_type: { const: 'client_credentials' },
    resource: text('A registered id or one of its audience URIs (RFC 8707).'),
    scope: { ...SCOPES, type: 'string' },
    countersign_ttl: { type: 'string', pattern: '^[1-9][0-9]*$', description: 'Seconds; clamped.' },
    ...DECLARED,
    ...CREDENTIALS,
  },
};

const REMOVED: JsonSchema = {
  type: 'array',
  description: 'Scopes removed from the request, each with its rule; present when narrowed.',
  items: {
    type: 'object',
    required: ['scope', 'rule', 'reason'],
    additionalProperties: false,
    properties: {
      scope: { type: 'string' },
      rule: { type: 'string' },
      reason: { type: 'string' },
    },
  },
};

/** Schema of the token response (RFC 6749 section 5.1); `token` and `ttl` are JSON aliases. */
export const TOKEN_ANSWER: JsonSchema = {
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in', 'scope', 'grant_id', 'decision_id'],
  additionalProperties: false,
  properties: {
    access_token: { type: 'string' },
    token_type: { const: 'Bearer' },
    expires_in: { type: 'integer', minimum: 1, description: 'Seconds.' },
    scope: text('Granted scopes, separated by spaces.'),
    grant_id: { type: 'string' },
    decision_id: { type: 'string' },
    removed: REMOVED,
    token: text('JSON codec: alias of access_token.'),
    ttl: { type: 'integer', minimum: 1, description: 'JSON codec: alias of expires_in.' },
  },
};
