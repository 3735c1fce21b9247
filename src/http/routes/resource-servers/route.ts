import { resourceServerSpecSchema } from '../../../schema/registry.js';
import { adminRoute } from '../../admin-route.js';
import { PAGE_PARAMETERS, pageSchema } from '../../paging.js';
import { jsonAnswer, type Route } from '../../route.js';
import { CREATED_SECRET } from '../../secret-schema.js';
import { withVersion } from '../../version.js';
import * as handle from './handler.js';
import { CREATED_RESOURCE_SERVER, RESOURCE_SERVER } from './schema.js';

const COLLECTION = '/admin/v1/resource-servers';
const ONE = `${COLLECTION}/{id}`;

/** Target APIs that may introspect. */
export function resourceServerRoutes(deps: handle.ResourceServerDeps): readonly Route[] {
  return [...recordRoutes(deps), ...secretRoutes(deps)];
}

function recordRoutes(deps: handle.ResourceServerDeps): readonly Route[] {
  return [
    adminRoute('listResourceServers', {
      summary: 'List resource servers.',
      method: 'GET',
      path: COLLECTION,
      query: PAGE_PARAMETERS,
      responses: { 200: jsonAnswer('A page of resource servers.', pageSchema(RESOURCE_SERVER)) },
      handler: handle.listResourceServers(deps),
    }),
    adminRoute('createResourceServer', {
      summary: 'Create a resource server; its secret is in the answer and is never shown again.',
      method: 'POST',
      path: COLLECTION,
      json: resourceServerSpecSchema,
      responses: { 201: jsonAnswer('Created.', CREATED_RESOURCE_SERVER) },
      errors: ['conflict'],
      handler: handle.createResourceServer(deps),
    }),
    adminRoute('getResourceServer', {
      summary: 'One resource server.',
      method: 'GET',
      path: ONE,
      responses: { 200: jsonAnswer('The resource server.', RESOURCE_SERVER) },
      errors: ['not_found'],
      handler: handle.getResourceServer(deps),
    }),
    adminRoute('updateResourceServer', {
      summary:
        'Replace what is written about a resource server, when its version is the one named.',
      method: 'PUT',
      path: ONE,
      json: withVersion(resourceServerSpecSchema),
      responses: { 200: jsonAnswer('Replaced.', RESOURCE_SERVER) },
      errors: ['not_found', 'conflict'],
      handler: handle.updateResourceServer(deps),
    }),
    adminRoute('deleteResourceServer', {
      summary: 'Delete a resource server.',
      method: 'DELETE',
      path: ONE,
      responses: { 204: { description: 'Deleted.' } },
      errors: ['not_found', 'conflict'],
      handler: handle.deleteResourceServer(deps),
    }),
  ];
}

function secretRoutes(deps: handle.ResourceServerDeps): readonly Route[] {
  return [
    adminRoute('createResourceServerSecret', {
      summary: 'Make a second secret, for rollover; at most two are valid at a time.',
      method: 'POST',
      path: `${ONE}/secrets`,
      responses: { 201: jsonAnswer('Shown once.', CREATED_SECRET) },
      errors: ['not_found', 'conflict'],
      handler: handle.createResourceServerSecret(deps),
    }),
    adminRoute('deleteResourceServerSecret', {
      summary: 'End a secret.',
      method: 'DELETE',
      path: `${ONE}/secrets/{secretId}`,
      responses: { 204: { description: 'It no longer authenticates.' } },
      errors: ['not_found', 'conflict'],
      handler: handle.deleteResourceServerSecret(deps),
    }),
  ];
}
