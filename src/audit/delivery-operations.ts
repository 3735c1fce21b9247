import { existsSync } from 'node:fs';
import type { Delivery, Page } from '../domain/audit-query.js';
import type { Clock } from '../domain/clock.js';
import { CountersignError, unavailable } from '../domain/errors.js';
import { openWritable } from './database.js';
import { createDeliveryLedger, type DeliveryListRequest } from './delivery-ledger.js';
import { migrate } from './migrations.js';
import type { AuditReader } from './reader.js';

/** What the admin API may do with deliveries. */
export interface DeliveryAdministration {
  list(request: DeliveryListRequest): Promise<Page<Delivery>>;
  /**
   * Makes an irrevocable delivery pending again; the worker's sweeper queues it. Does nothing for one that
   * is pending. Throws `not_found`, and `conflict` for one that was delivered.
   */
  retry(id: string): Promise<void>;
}

function retryDelivery(path: string, id: string, clock: Clock): void {
  const unknown = new CountersignError('not_found', 'There is no delivery with this id.');
  if (!existsSync(path)) throw unknown;
  // Opened for this one write: the service holds nothing that could keep the worker from writing.
  const database = openWritable(path);
  try {
    migrate(database);
    const ledger = createDeliveryLedger(database);
    if (ledger.reset(id, clock.nowMs())) return;
    const state = ledger.find(id)?.delivery.state;
    if (state === undefined) throw unknown;
    if (state === 'delivered') {
      throw new CountersignError('conflict', 'This delivery was delivered already.');
    }
  } finally {
    database.close();
  }
}

/** Lists deliveries, and puts dead ones back, in the store at `path`. */
export function createDeliveryOperations(
  path: string,
  reader: AuditReader,
  clock: Clock,
): DeliveryAdministration {
  const guarded = <T>(work: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      try {
        resolve(work());
      } catch (error) {
        reject(error instanceof CountersignError ? error : unavailable('audit store', error));
      }
    });
  return {
    list: (request) => guarded(() => reader.listDeliveries(request)),
    retry: (id) =>
      guarded(() => {
        retryDelivery(path, id, clock);
      }),
  };
}
