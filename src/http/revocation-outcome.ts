import type { RevocationOutcome } from '../domain/revocation.js';
import type { Reply } from './call.js';
import { replyJson } from './reply.js';
import type { JsonSchema, Success } from './route.js';

const DONE: JsonSchema = {
  type: 'object',
  required: ['state', 'rev_id'],
  additionalProperties: false,
  properties: { state: { const: 'done' }, rev_id: { type: 'string' } },
};

/** Schema of a revocation that is not in every shard yet. */
export const PENDING: JsonSchema = {
  type: 'object',
  required: ['state', 'rev_id', 'missing_shards'],
  additionalProperties: false,
  properties: {
    state: { const: 'pending' },
    rev_id: { type: 'string' },
    missing_shards: { type: 'array', items: { type: 'integer', minimum: 0 } },
  },
};

/** Returns 200 when every shard has the revocation, else 202 with the missing shards. */
export function replyOutcome(outcome: RevocationOutcome): Reply {
  if (outcome.state === 'done') return replyJson(200, { state: 'done', rev_id: outcome.revId });
  return replyJson(202, {
    state: 'pending',
    rev_id: outcome.revId,
    missing_shards: outcome.missingShards,
  });
}

export const OUTCOME_RESPONSES: Readonly<Record<number, Success>> = {
  200: { description: 'Effective on every node.', content: { 'application/json': DONE } },
  202: {
    description: 'Recorded, not in every shard yet; completed in the background.',
    content: { 'application/json': PENDING },
  },
};
