import type { LimitsOperations, LimitsView } from '../../../use-cases/admin/limits.js';
import { compileCheck } from '../../../schema/compile.js';
import { readJson, requireValid } from '../../admin-body.js';
import type { Handler, Reply } from '../../call.js';
import type { RequestParsers } from '../../ports.js';
import { readQuery } from '../../query.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { requireGivenVersion, splitVersion, tagOf } from '../../version.js';
import { LIMITS_BODY, limitsIn, type LimitsBody } from './schema.js';

export interface LimitsDeps {
  readonly operations: { readonly limits: LimitsOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkLimits = compileCheck<LimitsBody>(LIMITS_BODY);

/** GET /admin/v1/limits. */
export function getLimits({ operations }: LimitsDeps): Handler {
  return async (call) => {
    readQuery(call, []);
    return replyView(await operations.limits.show());
  };
}

/** PUT /admin/v1/limits. */
export function putLimits({ operations, parsers }: LimitsDeps): Handler {
  return async (call) => {
    const versioned = splitVersion(call, await readJson(call, parsers));
    const body = requireValid(versioned.spec, checkLimits);
    const expected = requireGivenVersion(versioned);
    const context = adminContextOf(call);
    return replyView(await operations.limits.put(limitsIn(body), expected, body.reason, context));
  };
}

/** DELETE /admin/v1/limits: those of the configuration are in force again. */
export function resetLimits({ operations }: LimitsDeps): Handler {
  return async (call) => {
    readQuery(call, []);
    return replyView(await operations.limits.reset(adminContextOf(call)));
  };
}

function replyView(view: LimitsView): Reply {
  return replyJson(200, view, ['ETag', tagOf(view.version)]);
}
