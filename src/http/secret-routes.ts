import type { SecretOperations } from '../use-cases/operations.js';
import { CHANGE } from './admin-roles.js';
import { adminRoute, type AdminRoute } from './admin-route.js';
import { pathParam } from './path-param.js';
import { replyEmpty, replyJson } from './reply.js';
import { adminContextOf } from './request-context.js';
import { jsonAnswer } from './route.js';
import { createdSecretView, CREATED_SECRET } from './secret-schema.js';

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
    responses: { 201: jsonAnswer('Shown once.', CREATED_SECRET) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const secret = await operations.createSecret(pathParam(call, 'id'), adminContextOf(call));
      return replyJson(201, createdSecretView(secret));
    },
  });
}

/** Returns the route below a client's path that deletes one of its secrets. */
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
    responses: { 204: { description: 'The secret no longer authenticates.' } },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      await operations.removeSecret(id, pathParam(call, 'secretId'), adminContextOf(call));
      return replyEmpty(204);
    },
  });
}
