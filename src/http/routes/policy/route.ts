import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type Route } from '../../route.js';
import { getPolicy, type PolicyDeps, reloadPolicy } from './handler.js';
import { POLICY } from './schema.js';

/** The bundle that decides. */
export function policyRoutes(deps: PolicyDeps): readonly Route[] {
  return [
    adminRoute('getPolicy', {
      summary: 'Which bundle decides.',
      method: 'GET',
      path: '/admin/v1/policy',
      responses: { 200: jsonAnswer('The active bundle.', POLICY) },
      handler: getPolicy(deps),
    }),
    adminRoute('reloadPolicy', {
      summary: 'Load what is on disk now; the old bundle stays when the new one is refused.',
      method: 'POST',
      path: '/admin/v1/policy/reload',
      responses: { 200: jsonAnswer('The active bundle.', POLICY) },
      errors: ['conflict'],
      handler: reloadPolicy(deps),
    }),
  ];
}
