import { compileCheck } from '../../../../schema/compile.js';
import type { PolicyOperations } from '../../../../use-cases/policy/operations.js';
import { readArchive, readDocument } from '../../../admin-body.js';
import { adminRoute } from '../../../admin-route.js';
import { pathParam } from '../../../path-param.js';
import type { RequestParsers } from '../../../ports.js';
import { replyJson } from '../../../reply.js';
import { adminContextOf } from '../../../request-context.js';
import { jsonAnswer, type Route } from '../../../route.js';
import { policyView, POLICY } from '../schema.js';
import { ACTIVATE_BODY, CANARY_BODY, ROLLBACK_BODY, SHADOW_BODY, BUNDLE, BUNDLES } from './schema.js';

export interface BundleDeps {
  readonly operations: { readonly policy: PolicyOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkActivate = compileCheck<{ reason?: string; allow_new_grants?: number }>(ACTIVATE_BODY);
const checkShadow = compileCheck<{ reason?: string }>(SHADOW_BODY);
const checkCanary = compileCheck<{ percent: number; reason?: string }>(CANARY_BODY);
const checkRollback = compileCheck<{ to?: string; reason: string }>(ROLLBACK_BODY);
const BUNDLES_PATH = '/admin/v1/policy/bundles';
const DECIDES = { 200: jsonAnswer('Who decides now.', POLICY) };

const CHANGING = {
  method: 'POST',
  responses: DECIDES,
  errors: ['not_found', 'conflict', 'bundle_refused'],
} as const;

/** Shipping a bundle: push, admit, try, activate, go back. */
export function bundleRoutes(deps: BundleDeps): readonly Route[] {
  return [pushBundle(deps), listBundles(deps), getBundle(deps), admitBundle(deps), activateBundle(deps), startShadow(deps), startCanary(deps), rollbackPolicy(deps), endTrial(deps, 'shadow'), endTrial(deps, 'canary')];
}

/** Keeps a bundle; nothing of it runs. */
function pushBundle({ operations }: BundleDeps): Route {

return adminRoute('pushBundle', {
      summary: 'Keep a bundle by its digest. Nothing of it runs; pushing it again changes nothing.',
      method: 'POST',
      path: BUNDLES_PATH,
      bundle: true,
      responses: { 201: jsonAnswer('The bundle as it is kept.', BUNDLE) },
      errors: ['bundle_refused'],
      handler: async (call) => {
    const archive = await readArchive(call);
    return replyJson(201, await operations.policy.push(archive, adminContextOf(call)));
  },
    });
}

/** Newest first. */
function listBundles({ operations }: BundleDeps): Route {

return adminRoute('listBundles', {
      summary: 'Bundles the store has, newest first.',
      method: 'GET',
      path: BUNDLES_PATH,
      responses: { 200: jsonAnswer('Bundles with who, when, digest and reports.', BUNDLES) },
      handler: async () => replyJson(200, { items: await operations.policy.list() }),
    });
}

function getBundle({ operations }: BundleDeps): Route {

return adminRoute('getBundle', {
      summary: 'One bundle, by digest, a prefix of it of 12 characters or more, or revision.',
      method: 'GET',
      path: `${BUNDLES_PATH}/{ref}`,
      responses: { 200: jsonAnswer('The bundle.', BUNDLE) },
      errors: ['not_found', 'conflict'],
      handler: async (call) => replyJson(200, await operations.policy.show(pathParam(call, 'ref'))),
    });
}

/** The answer's report says whether it was let in. */
function admitBundle({ operations }: BundleDeps): Route {

return adminRoute('admitBundle', {
      summary: 'Try a bundle in a thread of its own and keep the report.',
      method: 'POST',
      path: `${BUNDLES_PATH}/{ref}/admit`,
      responses: { 200: jsonAnswer('The bundle; its report says whether it was let in.', BUNDLE) },
      errors: ['not_found', 'conflict'],
      handler: async (call) => {
    const ref = pathParam(call, 'ref');
    return replyJson(200, await operations.policy.admit(ref, adminContextOf(call)));
  },
    });
}

function activateBundle({ operations, parsers }: BundleDeps): Route {

return adminRoute('activateBundle', {
      ...CHANGING,
      summary: 'Make a bundle the one that decides, on every node in one step.',
      path: `${BUNDLES_PATH}/{ref}/activate`,
      json: ACTIVATE_BODY,
      handler: async (call) => {
    const ref = pathParam(call, 'ref');
    const { allow_new_grants: allowNewGrants = 0, ...rest } = await readDocument(
      call,
      parsers,
      checkActivate,
    );
    const how = { allowNewGrants, ...rest };
    return replyJson(200, policyView(await operations.policy.activate(ref, how, adminContextOf(call))));
  },
    });
}

/** It sees every request and decides none. */
function startShadow({ operations, parsers }: BundleDeps): Route {

return adminRoute('startShadow', {
      ...CHANGING,
      summary: 'Let a bundle see every request and decide none.',
      path: `${BUNDLES_PATH}/{ref}/shadow`,
      json: SHADOW_BODY,
      handler: async (call) => {
    const ref = pathParam(call, 'ref');
    const order = { role: 'shadow', ...(await readDocument(call, parsers, checkShadow)) } as const;
    const overview = await operations.policy.startTrial(ref, order, adminContextOf(call));
    return replyJson(200, policyView(overview));
  },
    });
}

/** It decides for a share of agents. */
function startCanary({ operations, parsers }: BundleDeps): Route {

return adminRoute('startCanary', {
      ...CHANGING,
      summary: 'Let a bundle decide for a share of agents, always the same ones.',
      path: `${BUNDLES_PATH}/{ref}/canary`,
      json: CANARY_BODY,
      handler: async (call) => {
    const ref = pathParam(call, 'ref');
    const order = { role: 'canary', ...(await readDocument(call, parsers, checkCanary)) } as const;
    const overview = await operations.policy.startTrial(ref, order, adminContextOf(call));
    return replyJson(200, policyView(overview));
  },
    });
}

function rollbackPolicy({ operations, parsers }: BundleDeps): Route {

return adminRoute('rollbackPolicy', {
      ...CHANGING,
      summary: 'Go back to a bundle that was active before.',
      path: '/admin/v1/policy/rollback',
      json: ROLLBACK_BODY,
      handler: async (call) => {
    const how = await readDocument(call, parsers, checkRollback);
    return replyJson(200, policyView(await operations.policy.rollback(how, adminContextOf(call))));
  },
    });
}

/** A DELETE of the shadow or the canary. */
function endTrial({ operations }: BundleDeps, role: 'shadow' | 'canary'): Route {
  return adminRoute(role === 'shadow' ? 'endShadow' : 'endCanary', {
    summary: `End the ${role}: the active bundle alone goes on.`,
    method: 'DELETE',
    path: `/admin/v1/policy/${role}`,
    responses: DECIDES,
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const overview = await operations.policy.endTrial(role, undefined, adminContextOf(call));
      return replyJson(200, policyView(overview));
    },
  });
}
