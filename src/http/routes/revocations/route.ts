import { adminRoute } from '../../admin-route.js';
import type { Route } from '../../route.js';
import { createRevocation, liftRevocation, type RevocationDeps } from './handler.js';
import { OUTCOME_RESPONSES } from './outcome.js';
import { LIFT_BODY, REVOCATION_BODY } from './schema.js';

/** Revocation by every dimension, and the end of a "deny until lifted". */
export function revocationRoutes(deps: RevocationDeps): readonly Route[] {
  return [
    adminRoute('createRevocation', {
      summary:
        'Revoke by token, grant, agent, session, task, user, resource, revision, key or all.',
      method: 'POST',
      path: '/admin/v1/revocations',
      json: REVOCATION_BODY,
      responses: OUTCOME_RESPONSES,
      errors: ['not_found'],
      handler: createRevocation(deps),
    }),
    adminRoute('liftRevocation', {
      summary: 'End a "deny until lifted"; what was revoked stays revoked.',
      method: 'POST',
      path: '/admin/v1/revocations/lift',
      json: LIFT_BODY,
      responses: OUTCOME_RESPONSES,
      errors: ['not_found'],
      handler: liftRevocation(deps),
    }),
  ];
}
