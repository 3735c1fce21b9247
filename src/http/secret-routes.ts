import type { SecretOperations } from '../use-cases/operations.js';
import { CHANGE, READ } from './admin-roles.js';
import { adminRoute, type AdminRoute } from './admin-route.js';
import { pathParam } from './path-param.js';
import { replyEmpty, replyJson } from './reply.js';
import { adminContextOf } from './request-context.js';
import { jsonAnswer } from './route.js';
import {
  createdSecretView,
  CREATED_SECRET,
  LAST_SECRET_DELETED,
  LIVE_TOKENS,
  readLiveTokens,
  readSecretOption,
  SECRET_LIST,
  SECRET_QUERY,
  listedSecretViews,
} from './secret-schema.js';

/** Returns the route below a client's path that adds a secret; only its response contains it. */
export function createSecretRoute(
  operationId: `create${string}Secret`,
  onePath: string,
  operations: SecretOperations,
): AdminRoute {
  return adminRoute(operationId, {
    summary: 'Create a second secret for rollover; at most two are valid.',
    method: 'POST',
    path: `${onePath}/secrets`,
    roles: CHANGE,
    query: SECRET_QUERY,
    responses: { 201: jsonAnswer('Shown once.', CREATED_SECRET) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const option = readSecretOption(call);
      const id = pathParam(call, 'id');
      const secret = await operations.createSecret(id, adminContextOf(call), option);
      return replyJson(201, createdSecretView(secret));
    },
  });
}

/** Returns the route below a client's path that lists its secrets, without text or digest. */
export function listSecretsRoute(
  operationId: `list${string}Secrets`,
  onePath: string,
  operations: SecretOperations,
): AdminRoute {
  return adminRoute(operationId, {
    summary: 'List the secrets of a client: age, expiry and last use, without text or digest.',
    method: 'GET',
    path: `${onePath}/secrets`,
    roles: READ,
    responses: { 200: jsonAnswer('Its secrets, expired ones included.', SECRET_LIST) },
    errors: ['not_found'],
    handler: async (call) => {
      const secrets = await operations.listSecrets(pathParam(call, 'id'));
      return replyJson(200, { items: listedSecretViews(secrets) });
    },
  });
}

const DELETED = { 204: { description: 'The secret no longer authenticates.' } };

/** Returns the route below a resource server's path that deletes one of its secrets. */
export function deleteSecretRoute(
  operationId: `delete${string}Secret`,
  onePath: string,
  operations: SecretOperations,
): AdminRoute {
  return adminRoute(operationId, {
    summary: 'Delete a secret.',
    method: 'DELETE',
    path: `${onePath}/secrets/{secretId}`,
    roles: CHANGE,
    responses: DELETED,
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      await operations.removeSecret(id, pathParam(call, 'secretId'), adminContextOf(call));
      return replyEmpty(204);
    },
  });
}

/** Returns the route that deletes a secret of an agent; the only one ends its live tokens by default. */
export function deleteAgentSecretRoute(onePath: string, operations: SecretOperations): AdminRoute {
  return adminRoute('deleteAgentSecret', {
    summary: 'Delete a secret; the deletion of the only one also revokes the live tokens.',
    method: 'DELETE',
    path: `${onePath}/secrets/{secretId}`,
    roles: CHANGE,
    query: { live_tokens: LIVE_TOKENS },
    responses: {
      200: jsonAnswer('The only secret no longer authenticates.', LAST_SECRET_DELETED),
      ...DELETED,
    },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      const secretId = pathParam(call, 'secretId');
      const option = readLiveTokens(call);
      const context = adminContextOf(call);
      const live_tokens = await operations.removeSecret(id, secretId, context, option);
      return live_tokens === undefined ? replyEmpty(204) : replyJson(200, { live_tokens });
    },
  });
}
