import type { PolicyOperations } from '../../../use-cases/policy/operations.js';
import type { Handler } from '../../call.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { policyView } from './schema.js';

export interface PolicyDeps {
  readonly operations: { readonly policy: PolicyOperations };
}

/** GET /admin/v1/policy. */
export function getPolicy({ operations }: PolicyDeps): Handler {
  return async () => replyJson(200, policyView(await operations.policy.overview()));
}

/** POST /admin/v1/policy/reload: 409 with the problems when the bundle is refused and the old one stays. */
export function reloadPolicy({ operations }: PolicyDeps): Handler {
  return async (call) => {
    return replyJson(200, policyView(await operations.policy.reload(adminContextOf(call))));
  };
}
