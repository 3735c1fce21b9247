import type { PolicyOperations } from '../../../use-cases/policy/operations.js';
import { CHANGE, READ } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { policyView, POLICY } from './schema.js';

export interface PolicyDeps {
  readonly operations: { readonly policy: PolicyOperations };
}

/** Returns the routes of the active policy. */
export function policyRoutes(deps: PolicyDeps): readonly AdminRoute[] {
  return [getPolicy(deps), reloadPolicy(deps)];
}

function getPolicy({ operations }: PolicyDeps): AdminRoute {
  return adminRoute('getPolicy', {
    summary: 'Get the active bundle, the trials and the state of the nodes.',
    method: 'GET',
    path: '/admin/v1/policy',
    roles: READ,
    responses: { 200: jsonAnswer('The active bundle.', POLICY) },
    errors: ['not_found'],
    handler: async () => replyJson(200, policyView(await operations.policy.overview())),
  });
}

/** Reloads the source; 409 with problems when the bundle is refused and the old one stays. */
function reloadPolicy({ operations }: PolicyDeps): AdminRoute {
  return adminRoute('reloadPolicy', {
    summary: 'Reload the bundle from its source; if it is refused, the old bundle stays active.',
    method: 'POST',
    path: '/admin/v1/policy/reload',
    roles: CHANGE,
    responses: { 200: jsonAnswer('The active bundle.', POLICY) },
    errors: ['not_found', 'conflict', 'bundle_refused'],
    handler: async (call) => {
      return replyJson(200, policyView(await operations.policy.reload(adminContextOf(call))));
    },
  });
}
