import type { JsonSchema } from '../../route.js';

const STRING: JsonSchema = { type: 'string' };

const SECONDS: JsonSchema = { type: 'integer', description: 'Seconds since the Unix epoch.' };

/** Schema of the response for an active token. */
export const ACTIVE: JsonSchema = {
  type: 'object',
  required: [
    ...['active', 'scope', 'client_id', 'token_type', 'exp', 'iat', 'sub', 'aud', 'iss', 'jti'],
    ...['grant_id', 'decision_id', 'policy_revision', 'input_digest'],
  ],
  additionalProperties: false,
  properties: {
    active: { const: true },
    scope: STRING,
    client_id: STRING,
    token_type: { const: 'Bearer' },
    exp: SECONDS,
    iat: SECONDS,
    sub: STRING,
    aud: STRING,
    iss: STRING,
    jti: STRING,
    grant_id: STRING,
    decision_id: STRING,
    session_id: STRING,
    task_id: STRING,
    user_id: STRING,
    policy_revision: STRING,
    input_digest: STRING,
  },
};

/** Schema of the response for every other token. */
export const INACTIVE: JsonSchema = {
  type: 'object',
  required: ['active'],
  additionalProperties: false,
  properties: { active: { const: false } },
};
