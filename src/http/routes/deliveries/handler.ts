import type { Delivery } from '../../../domain/audit-query.js';
import type { DeliveryOperations } from '../../../use-cases/operations.js';
import { CountersignError } from '../../../domain/errors.js';
import type { Handler } from '../../call.js';
import { pageOf, pageView } from '../../paging.js';
import { pathParam } from '../../path-param.js';
import { readQuery } from '../../query.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { DELIVERY_STATES, deliveryView } from './schema.js';

export interface DeliveryDeps {
  readonly operations: { readonly deliveries: DeliveryOperations };
}

/** GET /admin/v1/deliveries. */
export function listDeliveries({ operations }: DeliveryDeps): Handler {
  return async (call) => {
    const query = readQuery(call, ['limit', 'cursor', 'state']);
    const state = stateOf(query.state);
    const page = { ...pageOf(query), ...(state === undefined ? {} : { state }) };
    return replyJson(200, pageView(await operations.deliveries.list(page), deliveryView));
  };
}

/** POST /admin/v1/deliveries/{id}/retry. */
export function retryDelivery({ operations }: DeliveryDeps): Handler {
  return async (call) => {
    await operations.deliveries.retry(pathParam(call, 'id'), adminContextOf(call));
    return replyJson(202, { state: 'requested' });
  };
}

function stateOf(text: string | undefined): Delivery['state'] | undefined {
  if (text === undefined) return undefined;
  const state = DELIVERY_STATES.find((known) => known === text);
  if (state !== undefined) return state;
  throw new CountersignError('invalid_request', `state is one of ${DELIVERY_STATES.join(', ')}.`);
}
