import { resourceSpecSchema } from '../../../schema/registry.js';
import { adminRoute } from '../../admin-route.js';
import { PAGE_PARAMETERS, pageSchema } from '../../paging.js';
import { jsonAnswer, type Route } from '../../route.js';
import { withVersion } from '../../version.js';
import * as handle from './handler.js';
import { RESOURCE } from './schema.js';

const COLLECTION = '/admin/v1/resources';
const ONE = `${COLLECTION}/{id}`;

/** The tool catalogue. */
export function resourceRoutes(deps: handle.ResourceDeps): readonly Route[] {
  return [
    adminRoute('listResources', {
      summary: 'List resources.',
      method: 'GET',
      path: COLLECTION,
      query: PAGE_PARAMETERS,
      responses: { 200: jsonAnswer('A page of resources.', pageSchema(RESOURCE)) },
      handler: handle.listResources(deps),
    }),
    adminRoute('getResource', {
      summary: 'One resource.',
      method: 'GET',
      path: ONE,
      responses: { 200: jsonAnswer('The resource.', RESOURCE) },
      errors: ['not_found'],
      handler: handle.getResource(deps),
    }),
    adminRoute('putResource', {
      summary: 'Create a resource, or replace it when its version is still the one named.',
      method: 'PUT',
      path: ONE,
      json: withVersion(resourceSpecSchema),
      responses: { 200: jsonAnswer('Written.', RESOURCE) },
      errors: ['not_found', 'conflict'],
      handler: handle.putResource(deps),
    }),
    adminRoute('deleteResource', {
      summary: 'Delete a resource.',
      method: 'DELETE',
      path: ONE,
      responses: { 204: { description: 'Deleted.' } },
      errors: ['not_found', 'conflict'],
      handler: handle.deleteResource(deps),
    }),
  ];
}
