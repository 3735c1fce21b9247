import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type Route } from '../../route.js';
import { withVersion } from '../../version.js';
import * as handle from './handler.js';
import { LIMITS, LIMITS_BODY } from './schema.js';

const PATH = '/admin/v1/limits';

/** The budgets that agents share. */
export function limitsRoutes(deps: handle.LimitsDeps): readonly Route[] {
  return [
    adminRoute('getLimits', {
      summary:
        'The budgets that agents share, what requests cost, and whether the API or the configuration set them.',
      method: 'GET',
      path: PATH,
      responses: { 200: jsonAnswer('The limits in force.', LIMITS) },
      handler: handle.getLimits(deps),
    }),
    adminRoute('putLimits', {
      summary:
        'Replace the shared budgets and the costs on every instance, when their version is still the one named.',
      method: 'PUT',
      path: PATH,
      json: withVersion(LIMITS_BODY),
      responses: { 200: jsonAnswer('In force here; elsewhere within a second or two.', LIMITS) },
      errors: ['conflict'],
      handler: handle.putLimits(deps),
    }),
    adminRoute('resetLimits', {
      summary: 'Go back to the shared budgets and the costs of the configuration.',
      method: 'DELETE',
      path: PATH,
      responses: { 200: jsonAnswer('The limits in force.', LIMITS) },
      errors: ['conflict'],
      handler: handle.resetLimits(deps),
    }),
  ];
}
