import { CountersignError } from '../domain/errors.js';
import type { SchemaCheck } from '../schema/compile.js';
import { readJson, requireValid } from './admin-body.js';
import type { Call, Reply } from './call.js';
import { pathParam } from './path-param.js';
import type { RequestParsers } from './ports.js';
import { replyJson } from './reply.js';
import type { JsonSchema } from './route.js';

/** Schema of the optional `version` of PUT bodies, an alternative to If-Match. */
const VERSION: JsonSchema = {
  type: 'integer',
  minimum: 0,
  description: 'The version to replace; equivalent to If-Match.',
};

/** Returns the schema of a record's PUT body: the record and optionally `version`. */
export function withVersion(schema: JsonSchema): JsonSchema {
  const properties = schema['properties'] as JsonSchema;
  return { ...schema, properties: { ...properties, version: VERSION } };
}

/** A PUT body, split into the record and the version it replaces. */
export interface Versioned {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly version: number | undefined;
}

/**
 * Splits a PUT body. The version is in If-Match (RFC 9110 section 13.1.1: `"3"` or `3`) or in `version`.
 * Throws `invalid_request` when it is malformed or the two differ.
 */
export function splitVersion(call: Call, document: unknown): Versioned {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw invalid('The body is not a JSON object.');
  }
  const { version, ...spec } = document as Readonly<Record<string, unknown>>;
  const inBody = version === undefined || version === null ? undefined : versionOf(version);
  const header = call.single('if-match');
  const inHeader = header === undefined ? undefined : versionOfTag(header);
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw invalid('If-Match and version differ.');
  }
  return { spec, version: inHeader ?? inBody };
}

/** Returns the version that a change must name; throws `invalid_request` without one. */
export function requireVersion(version: number | undefined): number {
  if (version === undefined) throw invalid('Name the version to replace: If-Match or version.');
  return version;
}

/**
 * Reads the PUT body of the record that the path names, and the version that it replaces.
 * Throws `invalid_request` when the id in the body differs from the one in the path.
 */
export async function readReplacement<Spec extends { readonly id: string }>(
  call: Call,
  parsers: Pick<RequestParsers, 'parseJson'>,
  check: SchemaCheck<Spec>,
): Promise<{ readonly spec: Spec; readonly version: number | undefined }> {
  const id = pathParam(call, 'id');
  const { spec: given, version } = splitVersion(call, await readJson(call, parsers));
  const spec = requireValid(given, check);
  if (spec.id !== id) throw invalid('The id in the body differs from the one in the path.');
  return { spec, version };
}

/** Replies with a record and its version as ETag. */
export function replyRecord<R extends { readonly version: number }>(
  record: R,
  view: (record: R) => object,
): Reply {
  return replyJson(200, view(record), ['ETag', tagOf(record.version)]);
}

/** Returns the ETag of a version. */
export function tagOf(version: number): string {
  return `"${String(version)}"`;
}

function versionOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid('version must be an integer, 0 or more.');
}

function versionOfTag(header: string): number {
  const digits = /^(?:"([0-9]{1,15})"|([0-9]{1,15}))$/.exec(header.trim());
  if (digits === null) throw invalid('If-Match must be one version, such as "3".');
  return Number(digits[1] ?? digits[2]);
}

function invalid(detail: string): CountersignError {
  return new CountersignError('invalid_request', detail);
}
