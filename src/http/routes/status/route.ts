import type { StatusOperations } from '../../../use-cases/policy/status.js';
import { adminRoute } from '../../admin-route.js';
import { replyJson } from '../../reply.js';
import { jsonAnswer, type Route } from '../../route.js';
import { STATUS } from './schema.js';

export interface StatusDeps {
  readonly operations: { readonly status: StatusOperations };
}

/** Returns the route that is compatible with OPA's status API, for existing clients of it. */
export function statusRoutes({ operations }: StatusDeps): readonly Route[] {
  return [
    adminRoute('getStatus', {
      summary: 'Get bundles, decision log and plugins as OPA reports them.',
      method: 'GET',
      path: '/v1/status',
      responses: { 200: jsonAnswer('The status.', STATUS) },
      handler: async () => replyJson(200, { result: await operations.status.read() }),
    }),
  ];
}
