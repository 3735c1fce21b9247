import type { PolicyOperations } from '../../../../use-cases/policy/operations.js';
import { compileCheck } from '../../../../schema/compile.js';
import { readArchive, readDocument } from '../../../admin-body.js';
import type { Handler } from '../../../call.js';
import { pathParam } from '../../../path-param.js';
import type { RequestParsers } from '../../../ports.js';
import { replyJson } from '../../../reply.js';
import { adminContextOf } from '../../../request-context.js';
import { policyView } from '../schema.js';
import { ACTIVATE_BODY, CANARY_BODY, ROLLBACK_BODY, SHADOW_BODY } from './schema.js';

export interface BundleDeps {
  readonly operations: { readonly policy: PolicyOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkActivate = compileCheck<{ reason?: string; allow_new_grants?: number }>(ACTIVATE_BODY);
const checkShadow = compileCheck<{ reason?: string }>(SHADOW_BODY);
const checkCanary = compileCheck<{ percent: number; reason?: string }>(CANARY_BODY);
const checkRollback = compileCheck<{ to?: string; reason: string }>(ROLLBACK_BODY);

/** POST /admin/v1/policy/bundles: keeps a bundle; nothing of it runs. */
export function pushBundle({ operations }: BundleDeps): Handler {
  return async (call) => {
    const archive = await readArchive(call);
    return replyJson(201, await operations.policy.push(archive, adminContextOf(call)));
  };
}

/** GET /admin/v1/policy/bundles: newest first. */
export function listBundles({ operations }: BundleDeps): Handler {
  return async () => replyJson(200, { items: await operations.policy.list() });
}

/** GET /admin/v1/policy/bundles/{ref}. */
export function getBundle({ operations }: BundleDeps): Handler {
  return async (call) => replyJson(200, await operations.policy.show(pathParam(call, 'ref')));
}

/** POST …/admit: the answer's report says whether it was let in. */
export function admitBundle({ operations }: BundleDeps): Handler {
  return async (call) => {
    const ref = pathParam(call, 'ref');
    return replyJson(200, await operations.policy.admit(ref, adminContextOf(call)));
  };
}

/** POST …/activate. */
export function activateBundle({ operations, parsers }: BundleDeps): Handler {
  return async (call) => {
    const ref = pathParam(call, 'ref');
    const { allow_new_grants: allowNewGrants = 0, ...rest } = await readDocument(
      call,
      parsers,
      checkActivate,
    );
    const how = { allowNewGrants, ...rest };
    return replyJson(200, policyView(await operations.policy.activate(ref, how, adminContextOf(call))));
  };
}

/** POST …/shadow: it sees every request and decides none. */
export function startShadow({ operations, parsers }: BundleDeps): Handler {
  return async (call) => {
    const ref = pathParam(call, 'ref');
    const order = { role: 'shadow', ...(await readDocument(call, parsers, checkShadow)) } as const;
    const overview = await operations.policy.startTrial(ref, order, adminContextOf(call));
    return replyJson(200, policyView(overview));
  };
}

/** POST …/canary: it decides for a share of agents. */
export function startCanary({ operations, parsers }: BundleDeps): Handler {
  return async (call) => {
    const ref = pathParam(call, 'ref');
    const order = { role: 'canary', ...(await readDocument(call, parsers, checkCanary)) } as const;
    const overview = await operations.policy.startTrial(ref, order, adminContextOf(call));
    return replyJson(200, policyView(overview));
  };
}

/** DELETE /admin/v1/policy/shadow and /canary. */
export function endTrial({ operations }: BundleDeps, role: 'shadow' | 'canary'): Handler {
  return async (call) => {
    const overview = await operations.policy.endTrial(role, undefined, adminContextOf(call));
    return replyJson(200, policyView(overview));
  };
}

/** POST /admin/v1/policy/rollback. */
export function rollbackPolicy({ operations, parsers }: BundleDeps): Handler {
  return async (call) => {
    const how = await readDocument(call, parsers, checkRollback);
    return replyJson(200, policyView(await operations.policy.rollback(how, adminContextOf(call))));
  };
}
