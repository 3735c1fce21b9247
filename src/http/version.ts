import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';
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
  const inBody = version === undefined ? undefined : requireVersion(version);
  const header = call.single('if-match');
  const inHeader = header === undefined ? undefined : versionOfTag(header);
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw invalid('If-Match and version differ.');
  }
  return { spec, version: inHeader ?? inBody };
}

/** Returns the version that a change must name; throws `invalid_request` without one. */
export function requireGivenVersion({ version }: Versioned): number {
  if (version === undefined) throw invalid('Name the version to replace: If-Match or version.');
  return version;
}

/** Throws `invalid_request` when the id of a PUT body differs from the one in the path. */
export function requireSameId(id: string, spec: { readonly id: string }): void {
  if (spec.id !== id) throw invalid('The id in the body differs from the one in the path.');
}

/** Returns the ETag of a version. */
export function tagOf(version: number): string {
  return `"${String(version)}"`;
}

function requireVersion(value: unknown): number {
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
