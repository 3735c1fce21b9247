import type { AdminOperationId } from '../../../admin-access.js';
import { adminRoute } from '../../../admin-route.js';
import { jsonAnswer, type JsonSchema, type Route } from '../../../route.js';
import { POLICY } from '../schema.js';
import {
  activateBundle,
  admitBundle,
  type BundleDeps,
  endTrial,
  getBundle,
  listBundles,
  pushBundle,
  rollbackPolicy,
  startCanary,
  startShadow,
} from './handler.js';
import {
  ACTIVATE_BODY,
  BUNDLE,
  BUNDLES,
  CANARY_BODY,
  ROLLBACK_BODY,
  SHADOW_BODY,
} from './schema.js';

const BUNDLES_PATH = '/admin/v1/policy/bundles';
const DECIDES = { 200: jsonAnswer('Who decides now.', POLICY) };

/** Shipping a bundle: push, admit, try, activate, go back. */
export function bundleRoutes(deps: BundleDeps): readonly Route[] {
  return [...keeping(deps), ...deciding(deps)];
}

function keeping(deps: BundleDeps): readonly Route[] {
  return [
    adminRoute('pushBundle', {
      summary: 'Keep a bundle by its digest. Nothing of it runs; pushing it again changes nothing.',
      method: 'POST',
      path: BUNDLES_PATH,
      bundle: true,
      responses: { 201: jsonAnswer('The bundle as it is kept.', BUNDLE) },
      errors: ['bundle_refused'],
      handler: pushBundle(deps),
    }),
    adminRoute('listBundles', {
      summary: 'Bundles the store has, newest first.',
      method: 'GET',
      path: BUNDLES_PATH,
      responses: { 200: jsonAnswer('Bundles with who, when, digest and reports.', BUNDLES) },
      handler: listBundles(deps),
    }),
    adminRoute('getBundle', {
      summary: 'One bundle, by digest, a prefix of it of 12 characters or more, or revision.',
      method: 'GET',
      path: `${BUNDLES_PATH}/{ref}`,
      responses: { 200: jsonAnswer('The bundle.', BUNDLE) },
      errors: ['not_found', 'conflict'],
      handler: getBundle(deps),
    }),
    adminRoute('admitBundle', {
      summary: 'Try a bundle in a thread of its own and keep the report.',
      method: 'POST',
      path: `${BUNDLES_PATH}/{ref}/admit`,
      responses: { 200: jsonAnswer('The bundle; its report says whether it was let in.', BUNDLE) },
      errors: ['not_found', 'conflict'],
      handler: admitBundle(deps),
    }),
  ];
}

function deciding(deps: BundleDeps): readonly Route[] {
  return [
    changing('activateBundle', {
      summary: 'Make a bundle the one that decides, on every node in one step.',
      path: `${BUNDLES_PATH}/{ref}/activate`,
      json: ACTIVATE_BODY,
      handler: activateBundle(deps),
    }),
    changing('startShadow', {
      summary: 'Let a bundle see every request and decide none.',
      path: `${BUNDLES_PATH}/{ref}/shadow`,
      json: SHADOW_BODY,
      handler: startShadow(deps),
    }),
    changing('startCanary', {
      summary: 'Let a bundle decide for a share of agents, always the same ones.',
      path: `${BUNDLES_PATH}/{ref}/canary`,
      json: CANARY_BODY,
      handler: startCanary(deps),
    }),
    changing('rollbackPolicy', {
      summary: 'Go back to a bundle that was active before.',
      path: '/admin/v1/policy/rollback',
      json: ROLLBACK_BODY,
      handler: rollbackPolicy(deps),
    }),
    ...(['shadow', 'canary'] as const).map((role) =>
      adminRoute(role === 'shadow' ? 'endShadow' : 'endCanary', {
        summary: `End the ${role}: the active bundle alone goes on.`,
        method: 'DELETE',
        path: `/admin/v1/policy/${role}`,
        responses: DECIDES,
        errors: ['not_found', 'conflict'],
        handler: endTrial(deps, role),
      }),
    ),
  ];
}

function changing(
  operationId: AdminOperationId,
  route: {
    readonly summary: string;
    readonly path: string;
    readonly json: JsonSchema;
    readonly handler: Route['handler'];
  },
): Route {
  return adminRoute(operationId, {
    ...route,
    method: 'POST',
    responses: DECIDES,
    errors: ['not_found', 'conflict', 'bundle_refused'],
  });
}
