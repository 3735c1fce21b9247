import type { JsonSchema } from './route.js';

const STRING: JsonSchema = { type: 'string' };

/** RFC 7662 section 2.1, also of RFC 7009 section 2.1. */
export const TOKEN_FORM_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['token'],
  properties: {
    token: STRING,
    token_type_hint: { type: 'string', description: 'Accepted and ignored.' },
    client_id: STRING,
    client_secret: STRING,
    client_assertion: STRING,
    client_assertion_type: STRING,
  },
};
