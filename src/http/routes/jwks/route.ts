import { replyDocument } from '../../reply.js';
import { jsonAnswer, type JsonSchema, type Route } from '../../route.js';

export interface JwksDeps {
  readonly jwks: () => Promise<{ readonly keys: readonly unknown[] }>;
  readonly maxAgeSeconds: number;
}

const PUBLIC_KEY: JsonSchema = {
  type: 'object',
  required: ['kty', 'kid', 'alg', 'use'],
  properties: {
    kty: { enum: ['EC', 'RSA'] },
    kid: { type: 'string' },
    alg: { enum: ['ES256', 'RS256'] },
    use: { const: 'sig' },
    ...Object.fromEntries(
      ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map((name) => [name, false]),
    ),
  },
};

/**
 * Returns the JWKS route (RFC 7517 section 5).
 * The set contains the next signing key for at least the cache age before that key signs.
 */
export function jwksRoute({ jwks, maxAgeSeconds }: JwksDeps): Route {
  return {
    operationId: 'jwks',
    summary: 'Get the public keys that verify access tokens.',
    method: 'GET',
    paths: ['/jwks', '/.well-known/jwks.json'],
    access: 'anyone',
    responses: {
      200: jsonAnswer('The key set.', {
        type: 'object',
        required: ['keys'],
        additionalProperties: false,
        properties: { keys: { type: 'array', items: PUBLIC_KEY } },
      }),
    },
    errors: ['temporarily_unavailable'],
    handler: async () => {
      const { keys } = await jwks();
      return replyDocument('application/json', JSON.stringify({ keys }), maxAgeSeconds);
    },
  };
}
