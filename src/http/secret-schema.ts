import type { CreatedSecret } from '../use-cases/admin/context.js';
import type { SecretRecord } from '../domain/records.js';
import type { JsonSchema } from './route.js';

/** Schema of a new secret: the only response with its text. */
export const CREATED_SECRET: JsonSchema = {
  type: 'object',
  required: ['id', 'secret'],
  additionalProperties: false,
  properties: {
    id: { type: 'string' },
    secret: { type: 'string', description: 'Shown once; only its SHA-256 is stored.' },
  },
};

/** Schema of the valid secrets, without text or digest. */
export const SECRETS: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['id', 'created_at_ms'],
    additionalProperties: false,
    properties: { id: { type: 'string' }, created_at_ms: { type: 'integer' } },
  },
};

/** Query parameter of the routes that create a client. */
export const REUSE_DELETED = {
  description: 'Give the id of a deleted one to the new one: true or false (default).',
  schema: { enum: ['true', 'false'] },
} as const;

export function createdSecretView({ id, secret }: CreatedSecret): object {
  return { id, secret };
}

export function secretViews(secrets: readonly SecretRecord[]): object[] {
  return secrets.map(({ id, created_at_ms }) => ({ id, created_at_ms }));
}
