import type { RevocationOutcome } from '../domain/revocation.js';
import type { Reply } from './call.js';
import { replyJson } from './reply.js';
import type { JsonSchema, Success } from './route.js';

const MATCHED: JsonSchema = {
  enum: ['none'],
  description: 'No stored bundle has the revoked policy revision: check it. Absent otherwise.',
};

const DONE: JsonSchema = {
  type: 'object',
  required: ['state', 'rev_id'],
  additionalProperties: false,
  properties: { state: { const: 'done' }, rev_id: { type: 'string' }, matched: MATCHED },
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
    matched: MATCHED,
  },
};

/** Returns 200 when every shard has the revocation, else 202 with the missing shards. */
export function replyOutcome(outcome: RevocationOutcome): Reply {
  const { revId: rev_id, matched } = outcome;
  if (outcome.state === 'done') return replyJson(200, { state: 'done', rev_id, matched });
  return replyJson(202, {
    state: 'pending',
    rev_id,
    missing_shards: outcome.missingShards,
    matched,
  });
}

export const OUTCOME_RESPONSES: Readonly<Record<number, Success>> = {
  200: { description: 'Effective on every node.', content: { 'application/json': DONE } },
  202: {
    description: 'Recorded, not in every shard yet; completed in the background.',
    content: { 'application/json': PENDING },
  },
};
