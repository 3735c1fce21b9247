import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type Route } from '../../route.js';
import { getPolicy, type PolicyDeps, reloadPolicy } from './handler.js';
import { POLICY } from './schema.js';

/** The bundle that decides. */
export function policyRoutes(deps: PolicyDeps): readonly Route[] {
  return [
    adminRoute('getPolicy', {
      summary: 'Which bundle decides, what is on trial, and how the nodes are.',
      method: 'GET',
      path: '/admin/v1/policy',
      responses: { 200: jsonAnswer('The active bundle.', POLICY) },
      errors: ['not_found'],
      handler: getPolicy(deps),
    }),
    adminRoute('reloadPolicy', {
      summary: 'Take what the source has now; the old bundle stays when the new one is refused.',
      method: 'POST',
      path: '/admin/v1/policy/reload',
      responses: { 200: jsonAnswer('The active bundle.', POLICY) },
      errors: ['not_found', 'conflict', 'bundle_refused'],
      handler: reloadPolicy(deps),
    }),
  ];
}
