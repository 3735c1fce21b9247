import type { CreatedSecret } from '../use-cases/admin/context.js';
import type { SecretRecord } from '../domain/records.js';
import { CountersignError } from '../domain/errors.js';
import type { TokenOption } from '../use-cases/operations.js';
import type { Call } from './call.js';
import { readQuery } from './query.js';
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

/** Query parameter of the changes that revoke live tokens by default. */
export const LIVE_TOKENS = {
  description: 'What to do with the live tokens when the last one goes: cut (default) or keep.',
  schema: { enum: ['cut', 'keep'] },
} as const;

/** Schema of what a change did to the live tokens of an agent. */
export const LIVE_TOKENS_DONE: JsonSchema = {
  enum: ['cut', 'kept'],
  description: 'What happened to the live tokens; absent when the change does not concern them.',
};

/** Schema of the answer to the deletion of an agent's only secret. */
export const LAST_SECRET_DELETED: JsonSchema = {
  type: 'object',
  required: ['live_tokens'],
  additionalProperties: false,
  properties: { live_tokens: LIVE_TOKENS_DONE },
};

/** Reads the query parameter. Throws `invalid_request` for another value. */
export function readLiveTokens(call: Call): TokenOption {
  const { live_tokens: asked = 'cut' } = readQuery(call, ['live_tokens']);
  if (asked === 'cut' || asked === 'keep') return { keepTokens: asked === 'keep' };
  throw new CountersignError('invalid_request', 'live_tokens must be cut or keep.');
}

export function createdSecretView({ id, secret }: CreatedSecret): object {
  return { id, secret };
}

export function secretViews(secrets: readonly SecretRecord[]): object[] {
  return secrets.map(({ id, created_at_ms }) => ({ id, created_at_ms }));
}
