import type { RevocationOutcome } from '../../../domain/revocation.js';
import type { Reply } from '../../call.js';
import { replyJson } from '../../reply.js';
import type { Success } from '../../route.js';
import { DONE, PENDING } from './schema.js';

/** 200 when every shard has it; 202 with the shards that are missing until then. */
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
    description: 'Recorded, and not in every shard yet; it is completed in the background.',
    content: { 'application/json': PENDING },
  },
};
