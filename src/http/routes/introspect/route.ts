import type { JsonSchema, Route } from '../../route.js';
import { TOKEN_FORM_SCHEMA } from '../../token-form-schema.js';
import { answerIntrospection, type IntrospectDeps } from './handler.js';

const STRING: JsonSchema = { type: 'string' };
const SECONDS: JsonSchema = { type: 'integer', description: 'Seconds since the Unix epoch.' };

const ACTIVE: JsonSchema = {
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

const INACTIVE: JsonSchema = {
  type: 'object',
  required: ['active'],
  additionalProperties: false,
  properties: { active: { const: false } },
};

/** RFC 7662. */
export function introspectRoute(deps: IntrospectDeps): Route {
  return {
    operationId: 'introspect',
    summary: 'Ask whether a token is good now. For resource servers.',
    method: 'POST',
    paths: ['/introspect', '/oauth2/introspect'],
    access: 'client',
    body: { form: TOKEN_FORM_SCHEMA },
    responses: {
      200: {
        description: 'Active with its claims, or inactive and nothing else.',
        content: { 'application/json': { oneOf: [ACTIVE, INACTIVE] } },
      },
    },
    errors: [
      'invalid_request',
      'invalid_client',
      'unauthorized_client',
      'slow_down',
      'temporarily_unavailable',
      'unsupported_media_type',
      'payload_too_large',
    ],
    handler: answerIntrospection(deps),
  };
}
