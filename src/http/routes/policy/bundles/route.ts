import { CountersignError } from '../../../../domain/errors.js';
import { compileCheck } from '../../../../schema/compile.js';
import type { AdmissionWish } from '../../../../use-cases/policy/admit.js';
import type { PolicyOperations } from '../../../../use-cases/policy/operations.js';
import type { ReplayAllowance } from '../../../../use-cases/policy/replay-gate.js';
import { readArchive, readDocument } from '../../../admin-body.js';
import { CHANGE, READ, RESPOND } from '../../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../../admin-route.js';
import { pathParam } from '../../../path-param.js';
import type { RequestParsers } from '../../../ports.js';
import { readQuery } from '../../../query.js';
import { replyJson } from '../../../reply.js';
import { adminContextOf } from '../../../request-context.js';
import { jsonAnswer } from '../../../route.js';
import { policyView, POLICY } from '../schema.js';
import {
  ACTIVATE_BODY,
  CANARY_BODY,
  ROLLBACK_BODY,
  SHADOW_BODY,
  BUNDLE,
  BUNDLES,
} from './schema.js';

export interface BundleDeps {
  readonly operations: { readonly policy: PolicyOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

interface Allowance {
  readonly reason?: string;
  readonly allow_new_grants?: number;
  readonly min_coverage_percent?: number;
  readonly allow_untested?: boolean;
}

const checkActivate = compileCheck<Allowance>(ACTIVATE_BODY);
const checkShadow = compileCheck<{ reason?: string; allow_untested?: boolean }>(SHADOW_BODY);
const checkCanary = compileCheck<Allowance & { readonly percent: number }>(CANARY_BODY);
const checkRollback = compileCheck<{ to?: string; reason: string }>(ROLLBACK_BODY);
const BUNDLES_PATH = '/admin/v1/policy/bundles';
const ALLOW_UNTESTED = {
  description: 'Accept a bundle that no input tested: true or false (default).',
  schema: { enum: ['true', 'false'] },
} as const;
const DECIDES = { 200: jsonAnswer('The bundles that decide now.', POLICY) };

const CHANGING = {
  method: 'POST',
  responses: DECIDES,
  errors: ['not_found', 'conflict', 'bundle_refused'],
} as const;

/** Returns the routes of bundles: push, admit, trial, activate, roll back. */
export function bundleRoutes(deps: BundleDeps): readonly AdminRoute[] {
  return [
    pushBundle(deps),
    listBundles(deps),
    getBundle(deps),
    admitBundle(deps),
    activateBundle(deps),
    startShadow(deps),
    startCanary(deps),
    rollbackPolicy(deps),
    endTrial(deps, 'shadow'),
    endTrial(deps, 'canary'),
  ];
}

/** Returns what the caller tolerates of the replay; without new grants by default. */
function allowanceOf({
  allow_new_grants: allowNewGrants = 0,
  min_coverage_percent: least,
  ...rest
}: Allowance): ReplayAllowance & AdmissionWish & { readonly reason?: string } {
  const minCoverage = least === undefined ? {} : { minCoverage: least / 100 };
  return { allowNewGrants, ...minCoverage, ...wishOf(rest) };
}

function wishOf<T extends { readonly allow_untested?: boolean }>({
  allow_untested: allowUntested,
  ...rest
}: T): Omit<T, 'allow_untested'> & AdmissionWish {
  return { ...rest, ...(allowUntested === undefined ? {} : { allowUntested }) };
}

/** Stores a bundle without running it. */
function pushBundle({ operations }: BundleDeps): AdminRoute {
  return adminRoute('pushBundle', {
    summary: 'Store a bundle by its digest without running it; a repeated push changes nothing.',
    method: 'POST',
    path: BUNDLES_PATH,
    roles: CHANGE,
    bundle: true,
    responses: { 201: jsonAnswer('The stored bundle.', BUNDLE) },
    errors: ['bundle_refused'],
    handler: async (call) => {
      const archive = await readArchive(call);
      return replyJson(201, await operations.policy.push(archive, adminContextOf(call)));
    },
  });
}

/** Lists the stored bundles, newest first. */
function listBundles({ operations }: BundleDeps): AdminRoute {
  return adminRoute('listBundles', {
    summary: 'List the stored bundles, newest first.',
    method: 'GET',
    path: BUNDLES_PATH,
    roles: READ,
    responses: { 200: jsonAnswer('The bundles with pusher, time, digest and reports.', BUNDLES) },
    handler: async () => replyJson(200, { items: await operations.policy.list() }),
  });
}

function getBundle({ operations }: BundleDeps): AdminRoute {
  return adminRoute('getBundle', {
    summary: 'Get a bundle by digest, by a prefix of at least 12 characters, or by revision.',
    method: 'GET',
    path: `${BUNDLES_PATH}/{ref}`,
    roles: READ,
    responses: { 200: jsonAnswer('The bundle.', BUNDLE) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => replyJson(200, await operations.policy.show(pathParam(call, 'ref'))),
  });
}

/** Admits a bundle; the report in the response has the verdict. */
function admitBundle({ operations }: BundleDeps): AdminRoute {
  return adminRoute('admitBundle', {
    summary: 'Admit a bundle: test it in a separate thread and store the report.',
    method: 'POST',
    path: `${BUNDLES_PATH}/{ref}/admit`,
    roles: CHANGE,
    query: { allow_untested: ALLOW_UNTESTED },
    responses: { 200: jsonAnswer('The bundle; its report says whether it was admitted.', BUNDLE) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const ref = pathParam(call, 'ref');
      const wish = wishIn(readQuery(call, ['allow_untested']).allow_untested);
      return replyJson(200, await operations.policy.admit(ref, wish, adminContextOf(call)));
    },
  });
}

function wishIn(asked: string | undefined): AdmissionWish {
  if (asked === undefined) return {};
  if (asked === 'true' || asked === 'false') return { allowUntested: asked === 'true' };
  throw new CountersignError('invalid_request', 'allow_untested must be true or false.');
}

function activateBundle({ operations, parsers }: BundleDeps): AdminRoute {
  return adminRoute('activateBundle', {
    ...CHANGING,
    summary: 'Activate a bundle on every node, atomically.',
    path: `${BUNDLES_PATH}/{ref}/activate`,
    roles: CHANGE,
    json: ACTIVATE_BODY,
    handler: async (call) => {
      const ref = pathParam(call, 'ref');
      const how = allowanceOf(await readDocument(call, parsers, checkActivate));
      return replyJson(
        200,
        policyView(await operations.policy.activate(ref, how, adminContextOf(call))),
      );
    },
  });
}

/** Starts a shadow: it evaluates every request and decides none. */
function startShadow({ operations, parsers }: BundleDeps): AdminRoute {
  return adminRoute('startShadow', {
    ...CHANGING,
    summary: 'Start a shadow: the bundle evaluates every request and decides none.',
    path: `${BUNDLES_PATH}/{ref}/shadow`,
    roles: CHANGE,
    json: SHADOW_BODY,
    handler: async (call) => {
      const ref = pathParam(call, 'ref');
      const order = {
        role: 'shadow',
        ...wishOf(await readDocument(call, parsers, checkShadow)),
      } as const;
      const overview = await operations.policy.startTrial(ref, order, adminContextOf(call));
      return replyJson(200, policyView(overview));
    },
  });
}

/** Starts a canary: it decides for a fixed share of agents. */
function startCanary({ operations, parsers }: BundleDeps): AdminRoute {
  return adminRoute('startCanary', {
    ...CHANGING,
    summary: 'Start a canary: the bundle decides for a fixed share of agents.',
    path: `${BUNDLES_PATH}/{ref}/canary`,
    roles: CHANGE,
    json: CANARY_BODY,
    handler: async (call) => {
      const ref = pathParam(call, 'ref');
      const { percent, ...rest } = await readDocument(call, parsers, checkCanary);
      const order = { role: 'canary', percent, ...allowanceOf(rest) } as const;
      const overview = await operations.policy.startTrial(ref, order, adminContextOf(call));
      return replyJson(200, policyView(overview));
    },
  });
}

function rollbackPolicy({ operations, parsers }: BundleDeps): AdminRoute {
  return adminRoute('rollbackPolicy', {
    ...CHANGING,
    summary: 'Roll back to a previously active bundle.',
    path: '/admin/v1/policy/rollback',
    roles: RESPOND,
    json: ROLLBACK_BODY,
    handler: async (call) => {
      const how = await readDocument(call, parsers, checkRollback);
      return replyJson(
        200,
        policyView(await operations.policy.rollback(how, adminContextOf(call))),
      );
    },
  });
}

/** Ends the shadow or the canary. */
function endTrial({ operations }: BundleDeps, role: 'shadow' | 'canary'): AdminRoute {
  return adminRoute(role === 'shadow' ? 'endShadow' : 'endCanary', {
    summary: `End the ${role}; the active bundle decides alone.`,
    method: 'DELETE',
    path: `/admin/v1/policy/${role}`,
    roles: RESPOND,
    responses: DECIDES,
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const overview = await operations.policy.endTrial(role, undefined, adminContextOf(call));
      return replyJson(200, policyView(overview));
    },
  });
}
