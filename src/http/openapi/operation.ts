import type { ErrorCode } from '../../domain/errors.js';
import type { ListenerName } from '../../domain/http-observation.js';
import type { JsonSchema, Route } from '../route.js';
import { errorContent, opaErrorContent } from './errors.js';

const MEDIA_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  bundle: 'application/gzip',
} as const;

const PHRASES: Readonly<Record<number, string>> = {
  400: 'The request is malformed, or cannot be granted.',
  401: 'Authentication failed.',
  403: 'Denied.',
  404: 'Not found.',
  409: 'The record changed or already exists.',
  413: 'The body is too large.',
  415: 'The content type is not supported.',
  429: 'Too many requests; see Retry-After.',
  503: 'The service is unavailable, no decision was made; see Retry-After.',
};

/** Returns one path item operation. Each alias gets a separate operation id, as OpenAPI requires. */
export function operationOf(
  route: Route,
  path: string,
  alias: number,
  listener: ListenerName,
): JsonSchema {
  const { operationId, summary, access } = route;
  return {
    operationId: alias === 0 ? operationId : `${operationId}_${String(alias + 1)}`,
    summary,
    ...securityOf(access),
    parameters: [...pathParameters(path), ...queryParameters(route), ...headerParameters(route)],
    ...requestBody(route),
    responses: responsesOf(route, listener),
  };
}

function securityOf(access: Route['access']): JsonSchema {
  if (access === 'client') return { security: [{ basic: [] }, {}] };
  if (Array.isArray(access)) return { security: [{ admin: [] }], 'x-roles': access };
  return { security: [] };
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)(\+?)\}/g)].map(([, name, several]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    // OpenAPI has no notation for a parameter of several segments.
    ...(several === '+' ? { 'x-multi-segment': true } : {}),
  }));
}

function queryParameters({ query = {} }: Route): JsonSchema[] {
  return Object.entries(query).map(([name, { description, schema }]) => ({
    name,
    in: 'query',
    description,
    schema,
  }));
}

function headerParameters({ method }: Route): JsonSchema[] {
  if (method !== 'PUT') return [];
  const description = 'The version to replace, such as "3".';
  return [{ name: 'If-Match', in: 'header', description, schema: { type: 'string' } }];
}

function requestBody({ body }: Route): JsonSchema {
  if (body === undefined) return {};
  const content: Record<string, JsonSchema> = {};
  if (body.json !== undefined) content[MEDIA_TYPES.json] = { schema: body.json };
  if (body.form !== undefined) content[MEDIA_TYPES.form] = { schema: body.form };
  if (body.bundle !== undefined) content[MEDIA_TYPES.bundle] = { schema: body.bundle };
  return { requestBody: { required: true, content } };
}

function responsesOf(route: Route, listener: ListenerName): Record<string, JsonSchema> {
  const responses: Record<string, JsonSchema> = {};
  for (const [status, { description, content = {} }] of Object.entries(route.responses)) {
    responses[status] = { description, headers: headersOf(Number(status)), ...wrap(content) };
  }
  const codes = [...route.errors, ...guardErrors(route, listener)];
  const errors =
    route.errorShape === 'opa'
      ? opaErrorContent(codes)
      : errorContent(codes, route.body?.form !== undefined);
  for (const [status, content] of errors) {
    const description = PHRASES[status] ?? 'An error.';
    responses[String(status)] = { description, headers: headersOf(status), ...wrap(content) };
  }
  return responses;
}

/** Returns the errors raised before a handler runs: by the guards or an undecodable path. */
function guardErrors({ access, paths }: Route, listener: ListenerName): readonly ErrorCode[] {
  const path: readonly ErrorCode[] = paths[0].includes('{') ? ['invalid_request'] : [];
  if (listener === 'public') return path;
  const host: readonly ErrorCode[] = [...path, 'host_not_allowed', 'invalid_request'];
  return Array.isArray(access) ? [...host, 'unauthorized', 'slow_down', 'forbidden'] : host;
}

function wrap(content: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const entries = Object.entries(content);
  if (entries.length === 0) return {};
  return { content: Object.fromEntries(entries.map(([type, schema]) => [type, { schema }])) };
}

function headersOf(status: number): JsonSchema {
  const header = (description: string): JsonSchema => ({ description, schema: { type: 'string' } });
  return {
    'X-Request-Id': header('The caller’s id, or a generated one.'),
    ...(status === 401 ? { 'WWW-Authenticate': header('How to authenticate.') } : {}),
    ...(status === 429 || status === 503 ? { 'Retry-After': header('Seconds.') } : {}),
  };
}
