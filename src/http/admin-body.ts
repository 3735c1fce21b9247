import type { SchemaCheck } from '../schema/compile.js';
import { withoutNullMembers } from '../schema/null-members.js';
import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';
import { requireCodec } from './content-type.js';
import type { RequestParsers } from './ports.js';

const JSON_ONLY = ['json'] as const;

/**
 * Reads a strict JSON body and validates it against a closed schema.
 * Throws `invalid_request` with every problem.
 */
export async function readDocument<T>(
  call: Call,
  parsers: Pick<RequestParsers, 'parseJson'>,
  check: SchemaCheck<T>,
): Promise<T> {
  return requireValid(await readJson(call, parsers), check);
}

/** Reads a strict JSON body without schema validation. */
export async function readJson(
  call: Call,
  parsers: Pick<RequestParsers, 'parseJson'>,
): Promise<unknown> {
  requireCodec(call, JSON_ONLY);
  return parsers.parseJson(await call.body());
}

/**
 * Returns the value when it fits its schema; throws `invalid_request` with every problem.
 * An optional member that is null counts as absent, and is absent from the returned value.
 */
export function requireValid<T>(value: unknown, check: SchemaCheck<T>): T {
  const checked = check(withoutNullMembers(value, check.schema));
  if (checked.ok) return checked.value;
  throw new CountersignError('invalid_request', 'The document does not fit its schema.', {
    problems: checked.problems,
  });
}

/** Size limit of an archive in bytes; the bundle reader has further limits. */
const MAX_ARCHIVE_BYTES = 16 * 1024 * 1024;
const ARCHIVE_TYPES: ReadonlySet<string> = new Set(['application/gzip', 'application/x-gzip']);

/** Reads a tar.gz. Throws `unsupported_media_type`, `payload_too_large`. */
export async function readArchive(call: Call): Promise<Uint8Array> {
  if (!ARCHIVE_TYPES.has(call.single('content-type') ?? '')) {
    throw new CountersignError('unsupported_media_type', 'Send a tar.gz as application/gzip.');
  }
  return call.body(MAX_ARCHIVE_BYTES);
}
