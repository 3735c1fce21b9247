import { unavailable } from '../../domain/errors.js';
import type { RetryRequests } from '../../domain/worker-ports.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** Maximum number of requests waiting for the worker. About 60 bytes each. */
export const MAX_RETRY_REQUESTS = 10_000;
/** Retention of requests in milliseconds: seven days after the newest. */
const KEPT_MS = 7 * 86_400_000;

/**
 * Creates the store of requests to retry deliveries, in the control slot.
 * Throws 503 when the store is unreachable.
 */
export function createRetryRequests(
  { runner, keys }: StoreContext,
  max = MAX_RETRY_REQUESTS,
): RetryRequests {
  return {
    async add(deliveryId, event) {
      const reply = await runner.run(
        'requestRetry',
        [keys.meta('control'), keys.audit('control'), keys.retryRequests],
        [runner.opening(), deliveryId, eventText(event), max, KEPT_MS],
      );
      if (reply[0] !== 'REQUESTED' && reply[0] !== 'FULL') {
        throw unexpectedReply('requestRetry', reply);
      }
      return reply[0] === 'REQUESTED';
    },
    async list() {
      try {
        const found = await runner.client.hgetall(keys.retryRequests);
        return Object.entries(found).map(([deliveryId, mark]) => ({ deliveryId, mark }));
      } catch (error) {
        throw unavailable('reading the retry requests failed', error);
      }
    },
    async remove({ deliveryId, mark }) {
      const reply = await runner.run('removeRetry', [keys.retryRequests], [deliveryId, mark]);
      if (reply[0] !== 'REMOVED' && reply[0] !== 'CHANGED') {
        throw unexpectedReply('removeRetry', reply);
      }
    },
  };
}
