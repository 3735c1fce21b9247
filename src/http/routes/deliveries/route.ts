import { adminRoute } from '../../admin-route.js';
import { PAGE_PARAMETERS, pageSchema } from '../../paging.js';
import { jsonAnswer, type Route } from '../../route.js';
import { type DeliveryDeps, listDeliveries, retryDelivery } from './handler.js';
import { DELIVERY, DELIVERY_STATES, RETRY_REQUESTED } from './schema.js';

/** Webhook deliveries, the dead ones above all. */
export function deliveryRoutes(deps: DeliveryDeps): readonly Route[] {
  return [
    adminRoute('listDeliveries', {
      summary: 'List webhook deliveries.',
      method: 'GET',
      path: '/admin/v1/deliveries',
      query: {
        state: { description: 'Only these.', schema: { enum: DELIVERY_STATES } },
        ...PAGE_PARAMETERS,
      },
      responses: { 200: jsonAnswer('A page of deliveries.', pageSchema(DELIVERY)) },
      handler: listDeliveries(deps),
    }),
    adminRoute('retryDelivery', {
      summary: 'Ask the worker to try an irrevocable delivery again.',
      method: 'POST',
      path: '/admin/v1/deliveries/{id}/retry',
      responses: {
        202: jsonAnswer('The request is kept until the worker carries it out.', RETRY_REQUESTED),
      },
      errors: ['not_found', 'conflict'],
      handler: retryDelivery(deps),
    }),
  ];
}
