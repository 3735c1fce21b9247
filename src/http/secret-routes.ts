import type { SecretOperations } from '../use-cases/operations.js';
import type { AdminOperationId } from './admin-access.js';
import { adminRoute } from './admin-route.js';
import { pathParam } from './path-param.js';
import { replyEmpty, replyJson } from './reply.js';
import { adminContextOf } from './request-context.js';
import { jsonAnswer, type Route } from './route.js';
import { createdSecretView, CREATED_SECRET } from './secret-schema.js';

/** Returns the route below a client's path that adds a secret; only its response contains it. */
export function createSecretRoute(
  operationId: AdminOperationId & `create${string}Secret`,
  onePath: string,
  operations: SecretOperations,
): Route {
  return adminRoute(operationId, {
    summary: 'Create a second secret for rollover; at most two are valid.',
    method: 'POST',
    path: `${onePath}/secrets`,
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
  operationId: AdminOperationId & `delete${string}Secret`,
  onePath: string,
  operations: SecretOperations,
): Route {
  return adminRoute(operationId, {
    summary: 'Delete a secret.',
    method: 'DELETE',
    path: `${onePath}/secrets/{secretId}`,
    responses: { 204: { description: 'The secret no longer authenticates.' } },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      await operations.removeSecret(id, pathParam(call, 'secretId'), adminContextOf(call));
      return replyEmpty(204);
    },
  });
}
