import { checkResourceServerShape, resourceServerSpecSchema } from '../../../schema/registry.js';
import type { ResourceServerOperations } from '../../../use-cases/operations.js';
import { readDocument } from '../../admin-body.js';
import { CHANGE, READ } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import { pageView, PAGE_PARAMETERS, pageSchema, readPage } from '../../paging.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { replyEmpty, replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { createSecretRoute, deleteSecretRoute, listSecretsRoute } from '../../secret-routes.js';
import { createdSecretView, CREATE_QUERY, readCreateOption } from '../../secret-schema.js';
import { readReplacement, replyRecord, requireVersion, tagOf, withVersion } from '../../version.js';
import { resourceServerView, CREATED_RESOURCE_SERVER, RESOURCE_SERVER } from './schema.js';

export interface ResourceServerDeps {
  readonly operations: { readonly resourceServers: ResourceServerOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const COLLECTION = '/admin/v1/resource-servers';
const ONE = `${COLLECTION}/{id}`;

/** Returns the routes of the resource servers, target APIs that may introspect. */
export function resourceServerRoutes(deps: ResourceServerDeps): readonly AdminRoute[] {
  return [
    listResourceServers(deps),
    createResourceServer(deps),
    getResourceServer(deps),
    updateResourceServer(deps),
    deleteResourceServer(deps),
    listSecretsRoute('listResourceServerSecrets', ONE, deps.operations.resourceServers),
    createSecretRoute('createResourceServerSecret', ONE, deps.operations.resourceServers),
    deleteSecretRoute('deleteResourceServerSecret', ONE, deps.operations.resourceServers),
  ];
}

function listResourceServers({ operations }: ResourceServerDeps): AdminRoute {
  return adminRoute('listResourceServers', {
    summary: 'List resource servers.',
    method: 'GET',
    path: COLLECTION,
    roles: READ,
    query: PAGE_PARAMETERS,
    responses: { 200: jsonAnswer('A page of resource servers.', pageSchema(RESOURCE_SERVER)) },
    handler: async (call) => {
      const page = await operations.resourceServers.list(readPage(call));
      return replyJson(200, pageView(page, resourceServerView));
    },
  });
}

/** Creates a resource server; only this response contains the secret. */
function createResourceServer({ operations, parsers }: ResourceServerDeps): AdminRoute {
  return adminRoute('createResourceServer', {
    summary: 'Create a resource server; only this response contains its secret.',
    method: 'POST',
    path: COLLECTION,
    roles: CHANGE,
    json: resourceServerSpecSchema,
    query: CREATE_QUERY,
    responses: { 201: jsonAnswer('Created.', CREATED_RESOURCE_SERVER) },
    errors: ['conflict'],
    handler: async (call) => {
      const option = readCreateOption(call);
      const spec = await readDocument(call, parsers, checkResourceServerShape);
      const context = adminContextOf(call);
      const made = await operations.resourceServers.create(spec, context, option);
      const document = {
        resource_server: resourceServerView(made.resourceServer),
        secret: createdSecretView(made.secret),
      };
      const location = `/admin/v1/resource-servers/${spec.id}`;
      const tag = tagOf(made.resourceServer.version);
      return replyJson(201, document, ['Location', location, 'ETag', tag]);
    },
  });
}

function getResourceServer({ operations }: ResourceServerDeps): AdminRoute {
  return adminRoute('getResourceServer', {
    summary: 'Get a resource server.',
    method: 'GET',
    path: ONE,
    roles: READ,
    responses: { 200: jsonAnswer('The resource server.', RESOURCE_SERVER) },
    errors: ['not_found'],
    handler: async (call) => {
      const record = await operations.resourceServers.get(pathParam(call, 'id'));
      return replyRecord(record, resourceServerView);
    },
  });
}

function updateResourceServer({ operations, parsers }: ResourceServerDeps): AdminRoute {
  return adminRoute('updateResourceServer', {
    summary: 'Replace a resource server’s record, if its version is still current.',
    method: 'PUT',
    path: ONE,
    roles: CHANGE,
    json: withVersion(resourceServerSpecSchema),
    responses: { 200: jsonAnswer('Replaced.', RESOURCE_SERVER) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const { spec, version } = await readReplacement(call, parsers, checkResourceServerShape);
      const expected = requireVersion(version);
      const context = adminContextOf(call);
      const record = await operations.resourceServers.update(spec.id, spec, expected, context);
      return replyRecord(record, resourceServerView);
    },
  });
}

function deleteResourceServer({ operations }: ResourceServerDeps): AdminRoute {
  return adminRoute('deleteResourceServer', {
    summary: 'Delete a resource server.',
    method: 'DELETE',
    path: ONE,
    roles: CHANGE,
    responses: { 204: { description: 'Deleted.' } },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      await operations.resourceServers.remove(pathParam(call, 'id'), adminContextOf(call));
      return replyEmpty(204);
    },
  });
}
