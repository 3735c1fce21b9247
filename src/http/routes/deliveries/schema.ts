import type { Delivery } from '../../../domain/audit-query.js';
import type { JsonSchema } from '../../route.js';

export const DELIVERY_STATES = ['pending', 'delivered', 'irrevocable'] as const;

const STRING: JsonSchema = { type: 'string' };

export const DELIVERY: JsonSchema = {
  type: 'object',
  required: ['id', 'event_id', 'endpoint', 'state', 'attempts', 'updated_at_ms'],
  additionalProperties: false,
  properties: {
    id: STRING,
    event_id: STRING,
    endpoint: STRING,
    state: { enum: DELIVERY_STATES },
    attempts: { type: 'integer', minimum: 0 },
    last_error: STRING,
    updated_at_ms: { type: 'integer' },
  },
};

export const RETRY_REQUESTED: JsonSchema = {
  type: 'object',
  required: ['state'],
  additionalProperties: false,
  properties: { state: { const: 'requested' } },
};

/** Serialises a delivery. */
export function deliveryView(delivery: Delivery): object {
  const { id, event_id, endpoint, state, attempts, last_error, updated_at_ms } = delivery;
  return { id, event_id, endpoint, state, attempts, last_error, updated_at_ms };
}
