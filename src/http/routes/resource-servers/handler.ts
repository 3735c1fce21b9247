import type { ResourceServerOperations } from '../../../use-cases/operations.js';
import { checkResourceServerShape } from '../../../schema/registry.js';
import { readDocument, readJson, requireValid } from '../../admin-body.js';
import type { Handler } from '../../call.js';
import { pageOf, pageView } from '../../paging.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { readQuery } from '../../query.js';
import { replyEmpty, replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { createdSecretView } from '../../secret-schema.js';
import { requireGivenVersion, requireSameId, splitVersion, tagOf } from '../../version.js';
import { resourceServerView } from './schema.js';

export interface ResourceServerDeps {
  readonly operations: { readonly resourceServers: ResourceServerOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

/** GET /admin/v1/resource-servers. */
export function listResourceServers({ operations }: ResourceServerDeps): Handler {
  return async (call) => {
    const page = pageOf(readQuery(call, ['limit', 'cursor']));
    const listed = await operations.resourceServers.list(page);
    return replyJson(200, pageView(listed, resourceServerView));
  };
}

/** POST /admin/v1/resource-servers: the secret is in this answer and never again. */
export function createResourceServer({ operations, parsers }: ResourceServerDeps): Handler {
  return async (call) => {
    const spec = await readDocument(call, parsers, checkResourceServerShape);
    const made = await operations.resourceServers.create(spec, adminContextOf(call));
    const document = {
      resource_server: resourceServerView(made.resourceServer),
      secret: createdSecretView(made.secret),
    };
    const location = `/admin/v1/resource-servers/${spec.id}`;
    const tag = tagOf(made.resourceServer.version);
    return replyJson(201, document, ['Location', location, 'ETag', tag]);
  };
}

/** GET /admin/v1/resource-servers/{id}. */
export function getResourceServer({ operations }: ResourceServerDeps): Handler {
  return async (call) => {
    const record = await operations.resourceServers.get(pathParam(call, 'id'));
    return replyJson(200, resourceServerView(record), ['ETag', tagOf(record.version)]);
  };
}

/** PUT /admin/v1/resource-servers/{id}. */
export function updateResourceServer({ operations, parsers }: ResourceServerDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const versioned = splitVersion(call, await readJson(call, parsers));
    const spec = requireValid(versioned.spec, checkResourceServerShape);
    requireSameId(id, spec);
    const expected = requireGivenVersion(versioned);
    const context = adminContextOf(call);
    const record = await operations.resourceServers.update(id, spec, expected, context);
    return replyJson(200, resourceServerView(record), ['ETag', tagOf(record.version)]);
  };
}

/** DELETE /admin/v1/resource-servers/{id}. */
export function deleteResourceServer({ operations }: ResourceServerDeps): Handler {
  return async (call) => {
    await operations.resourceServers.remove(pathParam(call, 'id'), adminContextOf(call));
    return replyEmpty(204);
  };
}

/** POST /admin/v1/resource-servers/{id}/secrets: shown once. */
export function createResourceServerSecret({ operations }: ResourceServerDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const secret = await operations.resourceServers.createSecret(id, adminContextOf(call));
    return replyJson(201, createdSecretView(secret));
  };
}

/** DELETE /admin/v1/resource-servers/{id}/secrets/{secretId}. */
export function deleteResourceServerSecret({ operations }: ResourceServerDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const secretId = pathParam(call, 'secretId');
    await operations.resourceServers.removeSecret(id, secretId, adminContextOf(call));
    return replyEmpty(204);
  };
}
