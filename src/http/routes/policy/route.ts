import type { PolicyOperations } from '../../../use-cases/policy/operations.js';
import { adminRoute } from '../../admin-route.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer, type Route } from '../../route.js';
import { policyView, POLICY } from './schema.js';

export interface PolicyDeps {
  readonly operations: { readonly policy: PolicyOperations };
}

/** The bundle that decides. */
export function policyRoutes(deps: PolicyDeps): readonly Route[] {
  return [getPolicy(deps), reloadPolicy(deps)];
}

function getPolicy({ operations }: PolicyDeps): Route {
  return adminRoute('getPolicy', {
    summary: 'Which bundle decides, what is on trial, and how the nodes are.',
    method: 'GET',
    path: '/admin/v1/policy',
    responses: { 200: jsonAnswer('The active bundle.', POLICY) },
    errors: ['not_found'],
    handler: async () => replyJson(200, policyView(await operations.policy.overview())),
  });
}

/** 409 with the problems when the bundle is refused and the old one stays. */
function reloadPolicy({ operations }: PolicyDeps): Route {
  return adminRoute('reloadPolicy', {
    summary: 'Take what the source has now; the old bundle stays when the new one is refused.',
    method: 'POST',
    path: '/admin/v1/policy/reload',
    responses: { 200: jsonAnswer('The active bundle.', POLICY) },
    errors: ['not_found', 'conflict', 'bundle_refused'],
    handler: async (call) => {
      return replyJson(200, policyView(await operations.policy.reload(adminContextOf(call))));
    },
  });
}
