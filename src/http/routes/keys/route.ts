import { compileCheck } from '../../../schema/compile.js';
import type { KeyOperations } from '../../../use-cases/operations.js';
import { readDocument } from '../../admin-body.js';
import { CHANGE, READ, RESPOND } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { replyOutcome, OUTCOME_RESPONSES } from '../../revocation-outcome.js';
import { keyView, REASON_BODY, type ReasonBody, KEYS, ROTATION_REQUESTED } from './schema.js';

export interface KeyDeps {
  readonly operations: { readonly keys: KeyOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkReason = compileCheck<ReasonBody>(REASON_BODY);

/** Returns the routes of the signing keys. */
export function keyRoutes(deps: KeyDeps): readonly AdminRoute[] {
  return [listKeys(deps), rotateKeys(deps), revokeKey(deps)];
}

function listKeys({ operations }: KeyDeps): AdminRoute {
  return adminRoute('listKeys', {
    summary: 'List the signing keys and their states.',
    method: 'GET',
    path: '/admin/v1/keys',
    roles: READ,
    responses: { 200: jsonAnswer('The keyring, public parts only.', KEYS) },
    handler: async () => {
      const keys = await operations.keys.list();
      return replyJson(200, { items: keys.map(keyView) });
    },
  });
}

/** Requests a rotation from the worker; the response confirms the request only. */
function rotateKeys({ operations }: KeyDeps): AdminRoute {
  return adminRoute('rotateKeys', {
    summary: 'Request a rotation of the signing key from the worker.',
    method: 'POST',
    path: '/admin/v1/keys/rotate',
    roles: CHANGE,
    responses: { 202: jsonAnswer('The rotation is requested.', ROTATION_REQUESTED) },
    errors: ['conflict'],
    handler: async (call) => {
      await operations.keys.requestRotation(adminContextOf(call));
      return replyJson(202, { state: 'requested' });
    },
  });
}

/** Revokes a key and every token it signed. */
function revokeKey({ operations, parsers }: KeyDeps): AdminRoute {
  return adminRoute('revokeKey', {
    summary: 'Revoke a signing key and every token it signed; another key takes over.',
    method: 'POST',
    path: '/admin/v1/keys/{kid}/revoke',
    roles: RESPOND,
    json: REASON_BODY,
    responses: OUTCOME_RESPONSES,
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const kid = pathParam(call, 'kid');
      const { reason } = await readDocument(call, parsers, checkReason);
      return replyOutcome(await operations.keys.revoke(kid, reason, adminContextOf(call)));
    },
  });
}
