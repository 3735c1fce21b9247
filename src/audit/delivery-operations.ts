import type { Delivery, Page } from '../domain/audit-query.js';
import { CountersignError, unavailable } from '../domain/errors.js';
import type { Principal } from '../domain/revocation.js';
import type { RetryRequests } from '../domain/worker-ports.js';
import type { DeliveryListRequest } from '../domain/deliveries.js';
import { unreadable, type AuditReads, type ReadsInTurn } from './reads.js';

/** Delivery operations of the admin API. */
export interface DeliveryAdministration {
  list(
    request: DeliveryListRequest,
    context: { readonly principal: Principal },
  ): Promise<Page<Delivery>>;
  /**
   * Requests that the worker make an irrevocable delivery pending again.
   * Does nothing for a pending one. Throws `not_found`, `conflict` for a delivered one, and 503 when too many requests
   * wait for the worker.
   */
  retry(
    id: string,
    context: { readonly principal: Principal; readonly requestId: string },
  ): Promise<void>;
}

/**
 * Creates the operations: lists deliveries, and queues retries for the worker, the only writer of the
 * store.
 */
export function createDeliveryOperations(
  reader: ReadsInTurn<Pick<AuditReads, 'listDeliveries' | 'delivery'>>,
  requests: Pick<RetryRequests, 'add'>,
): DeliveryAdministration {
  return {
    list: (request, { principal }) => guarded(() => reader.of(principal).listDeliveries(request)),
    async retry(id, { principal, requestId }) {
      const delivery = await guarded(() => reader.of(principal).delivery(id));
      if (delivery === undefined) {
        throw new CountersignError('not_found', 'There is no delivery with this id.');
      }
      if (delivery.state === 'delivered') {
        throw new CountersignError('conflict', 'This delivery was delivered already.');
      }
      if (delivery.state === 'pending') return;
      const kept = await requests.add(id, {
        type: 'delivery.retry_requested',
        request_id: requestId,
        principal,
        detail: { delivery_id: id, event_id: delivery.event_id, endpoint: delivery.endpoint },
      });
      if (!kept) throw unavailable('too many retries wait for the worker');
    },
  };
}

async function guarded<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(error);
  }
}
