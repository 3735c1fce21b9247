import { compileCheck } from '../../../schema/compile.js';
import type { LimitsOperations, LimitsView } from '../../../use-cases/admin/limits.js';
import { readJson, requireValid } from '../../admin-body.js';
import { READ, RESPOND } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import type { Reply } from '../../call.js';
import type { RequestParsers } from '../../ports.js';
import { readQuery } from '../../query.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { requireVersion, splitVersion, tagOf, withVersion } from '../../version.js';
import { LIMITS_BODY, limitsIn, type LimitsBody, LIMITS } from './schema.js';

export interface LimitsDeps {
  readonly operations: { readonly limits: LimitsOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkLimits = compileCheck<LimitsBody>(LIMITS_BODY);
const PATH = '/admin/v1/limits';

/** Returns the routes of the shared budgets. */
export function limitsRoutes(deps: LimitsDeps): readonly AdminRoute[] {
  return [getLimits(deps), putLimits(deps), resetLimits(deps)];
}

function getLimits({ operations }: LimitsDeps): AdminRoute {
  return adminRoute('getLimits', {
    summary:
      'Get the shared budgets, the request costs, and their source: the API or the configuration.',
    method: 'GET',
    path: PATH,
    roles: READ,
    responses: { 200: jsonAnswer('The limits in force.', LIMITS) },
    handler: async (call) => {
      readQuery(call, []);
      return replyView(await operations.limits.show());
    },
  });
}

function putLimits({ operations, parsers }: LimitsDeps): AdminRoute {
  return adminRoute('putLimits', {
    summary:
      'Replace the shared budgets and the costs on every instance, if the version is still current.',
    method: 'PUT',
    path: PATH,
    roles: RESPOND,
    json: withVersion(LIMITS_BODY),
    responses: {
      200: jsonAnswer('In force on this instance; on all others within two seconds.', LIMITS),
    },
    errors: ['conflict'],
    handler: async (call) => {
      const versioned = splitVersion(call, await readJson(call, parsers));
      const body = requireValid(versioned.spec, checkLimits);
      const expected = requireVersion(versioned.version);
      const context = adminContextOf(call);
      return replyView(await operations.limits.put(limitsIn(body), expected, body.reason, context));
    },
  });
}

/** Restores the limits of the configuration. */
function resetLimits({ operations }: LimitsDeps): AdminRoute {
  return adminRoute('resetLimits', {
    summary: 'Reset the shared budgets and the costs to the configuration.',
    method: 'DELETE',
    path: PATH,
    roles: RESPOND,
    responses: { 200: jsonAnswer('The limits in force.', LIMITS) },
    errors: ['conflict'],
    handler: async (call) => {
      readQuery(call, []);
      return replyView(await operations.limits.reset(adminContextOf(call)));
    },
  });
}

function replyView(view: LimitsView): Reply {
  return replyJson(200, view, ['ETag', tagOf(view.version)]);
}
