import type { StatusOperations } from '../../../use-cases/policy/status.js';
import { READ } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { STATUS } from './schema.js';

export interface StatusDeps {
  readonly operations: { readonly status: StatusOperations };
}

/** Returns the route that is compatible with OPA's status API, for existing clients of it. */
export function statusRoutes({ operations }: StatusDeps): readonly AdminRoute[] {
  return [
    adminRoute('getStatus', {
      summary: 'Get bundles, decision log and plugins as OPA reports them.',
      method: 'GET',
      path: '/v1/status',
      roles: READ,
      responses: { 200: jsonAnswer('The status.', STATUS) },
      handler: async (call) =>
        replyJson(200, { result: await operations.status.read(adminContextOf(call)) }),
    }),
  ];
}
