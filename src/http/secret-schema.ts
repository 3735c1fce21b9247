import type { CreatedSecret } from '../use-cases/admin/context.js';
import type { SecretRecord } from '../domain/records.js';
import { CountersignError } from '../domain/errors.js';
import type {
  CreateOption,
  ListedSecret,
  SecretOption,
  TokenOption,
} from '../use-cases/operations.js';
import type { Call } from './call.js';
import { readFlag, readQuery } from './query.js';
import type { JsonSchema } from './route.js';

const EXPIRES: JsonSchema = {
  type: 'integer',
  description:
    'End of the secret in milliseconds since the Unix epoch; absent: it does not expire.',
};

/** Schema of a new secret: the only response with its text. */
export const CREATED_SECRET: JsonSchema = {
  type: 'object',
  required: ['id', 'secret'],
  additionalProperties: false,
  properties: {
    id: { type: 'string' },
    secret: { type: 'string', description: 'Shown once; only its SHA-256 is stored.' },
    expires_at_ms: EXPIRES,
  },
};

const SECRET_PROPERTIES = {
  id: { type: 'string' },
  created_at_ms: { type: 'integer' },
  expires_at_ms: EXPIRES,
};

const SECRET: JsonSchema = {
  type: 'object',
  required: ['id', 'created_at_ms'],
  additionalProperties: false,
  properties: SECRET_PROPERTIES,
};

const LISTED_SECRET: JsonSchema = {
  ...SECRET,
  properties: {
    ...SECRET_PROPERTIES,
    last_used_at_ms: {
      type: 'integer',
      description: 'Last use, exact to a minute; absent without one in 400 days.',
    },
  },
};

/** Schema of the secrets of a client, without text or digest. */
export const SECRETS: JsonSchema = { type: 'array', items: SECRET };

/** Schema of the answer that lists the secrets of a client. */
export const SECRET_LIST: JsonSchema = {
  type: 'object',
  required: ['items'],
  additionalProperties: false,
  properties: { items: { type: 'array', items: LISTED_SECRET } },
};

const TTL = {
  description: 'Lifetime of the secret in seconds; default: it does not expire.',
  schema: { type: 'integer', minimum: 60, maximum: 315_360_000 },
} as const;

/** Query parameters of the routes that add a secret. */
export const SECRET_QUERY = { ttl_seconds: TTL } as const;

/** Query parameters of the restoration of a client. */
export const RESTORE_QUERY = { secret_ttl_seconds: TTL } as const;

/** Query parameters of the routes that create a client. */
export const CREATE_QUERY = {
  reuse_deleted: {
    description: 'Give the id of a deleted one to the new one: true or false (default).',
    schema: { enum: ['true', 'false'] },
  },
  ...RESTORE_QUERY,
} as const;

/** Reads the query of a restoration. Throws `invalid_request`. */
export function readRestoreOption(call: Call): SecretOption {
  const query = readQuery(call, ['secret_ttl_seconds']);
  return ttlOf('secret_ttl_seconds', query.secret_ttl_seconds);
}

/** Reads the query of a creation. Throws `invalid_request`. */
export function readCreateOption(call: Call): CreateOption {
  const query = readQuery(call, ['reuse_deleted', 'secret_ttl_seconds']);
  return {
    reuseDeleted: readFlag('reuse_deleted', query.reuse_deleted),
    ...ttlOf('secret_ttl_seconds', query.secret_ttl_seconds),
  };
}

/** Reads the query of an added secret. Throws `invalid_request`. */
export function readSecretOption(call: Call): SecretOption {
  return ttlOf('ttl_seconds', readQuery(call, ['ttl_seconds']).ttl_seconds);
}

function ttlOf(name: string, text: string | undefined): SecretOption {
  if (text === undefined) return {};
  const { minimum, maximum } = TTL.schema;
  const seconds = /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : 0;
  if (seconds >= minimum && seconds <= maximum) return { secretTtlSeconds: seconds };
  const range = `${String(minimum)} to ${String(maximum)}`;
  throw new CountersignError('invalid_request', `${name} must be an integer from ${range}.`);
}

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

export function createdSecretView({ id, secret, expires_at_ms }: CreatedSecret): object {
  return { id, secret, expires_at_ms };
}

export function secretViews(secrets: readonly SecretRecord[]): object[] {
  return secrets.map(({ id, created_at_ms, expires_at_ms }) => ({
    id,
    created_at_ms,
    expires_at_ms,
  }));
}

export function listedSecretViews(secrets: readonly ListedSecret[]): object[] {
  return secretViews(secrets).map((view, at) => ({
    ...view,
    last_used_at_ms: secrets[at]?.last_used_at_ms,
  }));
}
