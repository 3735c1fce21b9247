import type { ResourceOperations } from '../../../use-cases/operations.js';
import { checkResourceShape } from '../../../schema/registry.js';
import { readJson, requireValid } from '../../admin-body.js';
import type { Handler } from '../../call.js';
import { pageOf, pageView } from '../../paging.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { readQuery } from '../../query.js';
import { replyEmpty, replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { requireSameId, splitVersion, tagOf } from '../../version.js';
import { resourceView } from './schema.js';

export interface ResourceDeps {
  readonly operations: { readonly resources: ResourceOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const CREATE = 0;

/** GET /admin/v1/resources. */
export function listResources({ operations }: ResourceDeps): Handler {
  return async (call) => {
    const page = pageOf(readQuery(call, ['limit', 'cursor']));
    return replyJson(200, pageView(await operations.resources.list(page), resourceView));
  };
}

/** GET /admin/v1/resources/{id}. */
export function getResource({ operations }: ResourceDeps): Handler {
  return async (call) => {
    const resource = await operations.resources.get(pathParam(call, 'id'));
    return replyJson(200, resourceView(resource), ['ETag', tagOf(resource.version)]);
  };
}

/** PUT /admin/v1/resources/{id}: without a version, or with 0, it only creates. */
export function putResource({ operations, parsers }: ResourceDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const { spec: given, version = CREATE } = splitVersion(call, await readJson(call, parsers));
    const spec = requireValid(given, checkResourceShape);
    requireSameId(id, spec);
    const resource = await operations.resources.put(spec, version, adminContextOf(call));
    return replyJson(200, resourceView(resource), ['ETag', tagOf(resource.version)]);
  };
}

/** DELETE /admin/v1/resources/{id}. */
export function deleteResource({ operations }: ResourceDeps): Handler {
  return async (call) => {
    await operations.resources.remove(pathParam(call, 'id'), adminContextOf(call));
    return replyEmpty(204);
  };
}
