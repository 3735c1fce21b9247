import type { PolicyOperations } from '../../../use-cases/policy/operations.js';
import { adminRoute } from '../../admin-route.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer, type Route } from '../../route.js';
import { policyView, POLICY } from './schema.js';

export interface PolicyDeps {
  readonly operations: { readonly policy: PolicyOperations };
}

/** Returns the routes of the active policy. */
export function policyRoutes(deps: PolicyDeps): readonly Route[] {
  return [getPolicy(deps), reloadPolicy(deps)];
}

function getPolicy({ operations }: PolicyDeps): Route {
  return adminRoute('getPolicy', {
    summary: 'Get the active bundle, the trials and the state of the nodes.',
    method: 'GET',
    path: '/admin/v1/policy',
    responses: { 200: jsonAnswer('The active bundle.', POLICY) },
    errors: ['not_found'],
    handler: async () => replyJson(200, policyView(await operations.policy.overview())),
  });
}

/** Reloads the source; 409 with problems when the bundle is refused and the old one stays. */
function reloadPolicy({ operations }: PolicyDeps): Route {
  return adminRoute('reloadPolicy', {
    summary: 'Reload the bundle from its source; if it is refused, the old bundle stays active.',
    method: 'POST',
    path: '/admin/v1/policy/reload',
    responses: { 200: jsonAnswer('The active bundle.', POLICY) },
    errors: ['not_found', 'conflict', 'bundle_refused'],
    handler: async (call) => {
      return replyJson(200, policyView(await operations.policy.reload(adminContextOf(call))));
    },
  });
}
