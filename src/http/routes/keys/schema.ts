import type { KeyRecord } from '../../../domain/token.js';
import type { JsonSchema } from '../../route.js';

export interface ReasonBody {
  readonly reason: string;
}

export const REASON_BODY: JsonSchema = {
  type: 'object',
  required: ['reason'],
  additionalProperties: false,
  properties: { reason: { type: 'string', minLength: 1, maxLength: 512 } },
};

export const KEY: JsonSchema = {
  type: 'object',
  required: ['kid', 'alg', 'state', 'public_jwk', 'published_at_ms'],
  additionalProperties: false,
  properties: {
    kid: { type: 'string' },
    alg: { enum: ['ES256', 'RS256'] },
    state: { enum: ['next', 'active', 'previous', 'revoked', 'retired'] },
    public_jwk: {
      type: 'object',
      required: ['kty'],
      properties: { d: false, p: false, q: false, dp: false, dq: false, qi: false, k: false },
    },
    published_at_ms: { type: 'integer' },
    activated_at_ms: { type: 'integer' },
    retires_at_ms: { type: 'integer' },
    revoked_at_ms: { type: 'integer' },
  },
};

export const KEYS: JsonSchema = {
  type: 'object',
  required: ['items'],
  additionalProperties: false,
  properties: { items: { type: 'array', items: KEY } },
};

export const ROTATION_REQUESTED: JsonSchema = {
  type: 'object',
  required: ['state'],
  additionalProperties: false,
  properties: { state: { const: 'requested' } },
};

/** Serialises a key without the sealed private key, even when a store returns it. */
export function keyView(key: Omit<KeyRecord, 'sealed_private_key'>): object {
  return {
    kid: key.kid,
    alg: key.alg,
    state: key.state,
    public_jwk: key.public_jwk,
    published_at_ms: key.published_at_ms,
    activated_at_ms: key.activated_at_ms,
    retires_at_ms: key.retires_at_ms,
    revoked_at_ms: key.revoked_at_ms,
  };
}
