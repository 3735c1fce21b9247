import { checkResourceShape, resourceSpecSchema } from '../../../schema/registry.js';
import type { ResourceOperations } from '../../../use-cases/operations.js';
import { CHANGE, READ } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import { pageView, PAGE_PARAMETERS, pageSchema, readPage } from '../../paging.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { replyEmpty, replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { readReplacement, replyRecord, withVersion } from '../../version.js';
import { resourceView, RESOURCE } from './schema.js';

export interface ResourceDeps {
  readonly operations: { readonly resources: ResourceOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const CREATE = 0;
const COLLECTION = '/admin/v1/resources';
const ONE = `${COLLECTION}/{id}`;

/** Returns the routes of the tool catalogue. */
export function resourceRoutes(deps: ResourceDeps): readonly AdminRoute[] {
  return [listResources(deps), getResource(deps), putResource(deps), deleteResource(deps)];
}

function listResources({ operations }: ResourceDeps): AdminRoute {
  return adminRoute('listResources', {
    summary: 'List resources.',
    method: 'GET',
    path: COLLECTION,
    roles: READ,
    query: PAGE_PARAMETERS,
    responses: { 200: jsonAnswer('A page of resources.', pageSchema(RESOURCE)) },
    handler: async (call) => {
      const page = await operations.resources.list(readPage(call));
      return replyJson(200, pageView(page, resourceView));
    },
  });
}

function getResource({ operations }: ResourceDeps): AdminRoute {
  return adminRoute('getResource', {
    summary: 'Get a resource.',
    method: 'GET',
    path: ONE,
    roles: READ,
    responses: { 200: jsonAnswer('The resource.', RESOURCE) },
    errors: ['not_found'],
    handler: async (call) => {
      const resource = await operations.resources.get(pathParam(call, 'id'));
      return replyRecord(resource, resourceView);
    },
  });
}

/** Puts a resource; without a version, or with 0, it only creates. */
function putResource({ operations, parsers }: ResourceDeps): AdminRoute {
  return adminRoute('putResource', {
    summary: 'Create a resource, or replace it if its version is still current.',
    method: 'PUT',
    path: ONE,
    roles: CHANGE,
    json: withVersion(resourceSpecSchema),
    responses: { 200: jsonAnswer('Written.', RESOURCE) },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      const { spec, version = CREATE } = await readReplacement(call, parsers, checkResourceShape);
      const resource = await operations.resources.put(spec, version, adminContextOf(call));
      return replyRecord(resource, resourceView);
    },
  });
}

function deleteResource({ operations }: ResourceDeps): AdminRoute {
  return adminRoute('deleteResource', {
    summary: 'Delete a resource.',
    method: 'DELETE',
    path: ONE,
    roles: CHANGE,
    responses: { 204: { description: 'Deleted.' } },
    errors: ['not_found', 'conflict'],
    handler: async (call) => {
      await operations.resources.remove(pathParam(call, 'id'), adminContextOf(call));
      return replyEmpty(204);
    },
  });
}
