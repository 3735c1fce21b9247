import { REVOCATION_DIMENSIONS, type RevocationDimension } from '../../../domain/revocation.js';
import type { JsonSchema } from '../../route.js';

export interface RevocationBody {
  readonly by: RevocationDimension;
  readonly value: string;
  readonly reason: string;
  readonly deny_until_lifted?: boolean;
}

const BY_VALUE_REASON = {
  by: { enum: REVOCATION_DIMENSIONS },
  value: {
    type: 'string',
    minLength: 1,
    maxLength: 8192,
    description:
      'An id; for token, the token itself or its jti; for resource, also an audience URI; for all, *.',
  },
  reason: { type: 'string', minLength: 1, maxLength: 512 },
};

export const REVOCATION_BODY: JsonSchema = {
  type: 'object',
  required: ['by', 'value', 'reason'],
  additionalProperties: false,
  properties: {
    ...BY_VALUE_REASON,
    deny_until_lifted: {
      type: 'boolean',
      description:
        'Floors only (agent, session, task, user, resource, all): deny new requests too.',
    },
  },
};

export const LIFT_BODY: JsonSchema = {
  type: 'object',
  required: ['by', 'value', 'reason'],
  additionalProperties: false,
  properties: BY_VALUE_REASON,
};
