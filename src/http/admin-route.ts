import type { ErrorCode } from '../domain/errors.js';
import type { AdminRoles } from './admin-roles.js';
import type { Handler } from './call.js';
import type { JsonSchema, QueryParameter, Route, Success } from './route.js';

/** A route of the admin API: only principals with one of its roles may call it. */
export interface AdminRoute extends Route {
  readonly access: AdminRoles;
}

interface AdminRouteSpec {
  readonly summary: string;
  readonly method: Route['method'];
  readonly path: string;
  readonly roles: AdminRoles;
  /** Closed schema of the JSON body; absent when the route reads none. */
  readonly json?: JsonSchema;
  /** The route reads a tar.gz instead; see `readArchive`. */
  readonly bundle?: true;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  readonly responses: Readonly<Record<number, Success>>;
  readonly errors?: readonly ErrorCode[];
  readonly handler: Handler;
}

const ALWAYS: readonly ErrorCode[] = ['invalid_request', 'temporarily_unavailable'];
const WITH_BODY: readonly ErrorCode[] = ['unsupported_media_type', 'payload_too_large'];

/** Creates a route of the admin API with the common errors. */
export function adminRoute(operationId: string, spec: AdminRouteSpec): AdminRoute {
  const { summary, method, path, roles, responses, errors = [], handler } = spec;
  const { json, bundle, query } = spec;
  const readsBody = json !== undefined || bundle === true;
  return {
    operationId,
    summary,
    method,
    paths: [path],
    access: roles,
    ...(json === undefined ? {} : { body: { json } }),
    ...(bundle === true ? { body: { bundle: { type: 'string', format: 'binary' } } } : {}),
    ...(query === undefined ? {} : { query }),
    responses,
    errors: [...ALWAYS, ...(readsBody ? WITH_BODY : []), ...errors],
    handler,
  };
}
