import type { ErrorCode } from '../domain/errors.js';
import type { Handler } from './call.js';
import type { Codec } from './content-type.js';
import type { AdminRole } from '../domain/admin-role.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Allowed callers: any, an authenticated client, any caller of the sidecar, or principals with one of these roles. */
export type Access = 'anyone' | 'client' | 'sidecar' | readonly AdminRole[];

/** One documented success. */
export interface Success {
  readonly description: string;
  /** Media type → schema; absent means an empty body. */
  readonly content?: Readonly<Record<string, JsonSchema>>;
}

export interface QueryParameter {
  readonly description: string;
  readonly schema: JsonSchema;
}

/** An endpoint: what is served, documented and checked comes from this one record. */
export interface Route {
  readonly operationId: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The path and its aliases, parameters as `{name}`; `{name+}` at the end takes several segments. */
  readonly paths: readonly [string, ...string[]];
  readonly access: Access;
  /** Body codecs taken, with the schema of each; absent when the route reads no body. `bundle` is a tar.gz. */
  readonly body?: Partial<Record<Codec | 'bundle', JsonSchema>>;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  readonly responses: Readonly<Record<number, Success>>;
  /** Codes the endpoint itself can answer with; those of the listener's guards are added. */
  readonly errors: readonly ErrorCode[];
  /** Errors in the shape of OPA's REST API, of the guards too. */
  readonly errorShape?: 'opa';
  /** The caller's X-Request-Id goes back as it came, whatever it looks like. */
  readonly echoesRequestId?: true;
  readonly handler: Handler;
}

/** A documented JSON answer. */
export function jsonAnswer(description: string, schema: JsonSchema): Success {
  return { description, content: { 'application/json': schema } };
}
