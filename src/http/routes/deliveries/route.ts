import type { Delivery } from '../../../domain/audit-query.js';
import { CountersignError } from '../../../domain/errors.js';
import type { DeliveryOperations } from '../../../use-cases/operations.js';
import { READ, RESPOND } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import { pageOf, pageView, PAGE_PARAMETERS, pageSchema } from '../../paging.js';
import { pathParam } from '../../path-param.js';
import { readQuery } from '../../query.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { DELIVERY_STATES, deliveryView, DELIVERY, RETRY_REQUESTED } from './schema.js';

export interface DeliveryDeps {
  readonly operations: { readonly deliveries: DeliveryOperations };
}

/** Returns the routes that list and retry webhook deliveries. */
export function deliveryRoutes(deps: DeliveryDeps): readonly AdminRoute[] {
  return [listDeliveries(deps), retryDelivery(deps)];
}

function listDeliveries({ operations }: DeliveryDeps): AdminRoute {
  return adminRoute('listDeliveries', {
    summary: 'List webhook deliveries.',
    method: 'GET',
    path: '/admin/v1/deliveries',
    roles: READ,
    query: {
      state: { description: 'Only deliveries in this state.', schema: { enum: DELIVERY_STATES } },
      ...PAGE_PARAMETERS,
    },
    responses: { 200: jsonAnswer('A page of deliveries.', pageSchema(DELIVERY)) },
    handler: async (call) => {
      const query = readQuery(call, ['limit', 'cursor', 'state']);
      const state = stateOf(query.state);
      const page = { ...pageOf(query), ...(state === undefined ? {} : { state }) };
      const found = await operations.deliveries.list(page, adminContextOf(call));
      return replyJson(200, pageView(found, deliveryView));
    },
  });
}

function retryDelivery({ operations }: DeliveryDeps): AdminRoute {
  return adminRoute('retryDelivery', {
    summary: 'Request a retry of an irrevocable delivery from the worker.',
    method: 'POST',
    path: '/admin/v1/deliveries/{id}/retry',
    roles: RESPOND,
    responses: {
      202: jsonAnswer('The request is stored until the worker executes it.', RETRY_REQUESTED),
    },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      await operations.deliveries.retry(pathParam(call, 'id'), adminContextOf(call));
      return replyJson(202, { state: 'requested' });
    },
  });
}

function stateOf(text: string | undefined): Delivery['state'] | undefined {
  if (text === undefined) return undefined;
  const state = DELIVERY_STATES.find((known) => known === text);
  if (state !== undefined) return state;
  throw new CountersignError(
    'invalid_request',
    `state must be one of ${DELIVERY_STATES.join(', ')}.`,
  );
}
