import type { ErrorCode } from '../domain/errors.js';
import type { Handler } from './call.js';
import type { Codec } from './content-type.js';
import type { AdminRoles } from './admin-roles.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Allowed callers: anyone, an authenticated client, any sidecar caller, or principals by role. */
export type Access = 'anyone' | 'client' | 'sidecar' | AdminRoles;

/** A documented success response. */
export interface Success {
  readonly description: string;
  /** Media type → schema; absent means an empty body. */
  readonly content?: Readonly<Record<string, JsonSchema>>;
}

export interface QueryParameter {
  readonly description: string;
  readonly schema: JsonSchema;
}

/** An endpoint: the one record that the router, the OpenAPI document and the checks read. */
export interface Route {
  readonly operationId: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The path and its aliases, parameters as `{name}`; a final `{name+}` matches several segments. */
  readonly paths: readonly [string, ...string[]];
  readonly access: Access;
  /** Accepted body codecs with their schemas; absent when none is read. `bundle` is a tar.gz. */
  readonly body?: Partial<Record<Codec | 'bundle', JsonSchema>>;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  readonly responses: Readonly<Record<number, Success>>;
  /** Error codes of the endpoint itself, without those of the listener's guards. */
  readonly errors: readonly ErrorCode[];
  /** Errors, including those of the guards, in the shape of OPA's REST API. */
  readonly errorShape?: 'opa';
  /** Returns the caller's X-Request-Id unchanged, even when it is not well-formed. */
  readonly echoesRequestId?: true;
  readonly handler: Handler;
}

/** Returns a documented JSON response. */
export function jsonAnswer(description: string, schema: JsonSchema): Success {
  return { description, content: { 'application/json': schema } };
}
