import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';

/** Rejects a query on a client endpoint with `invalid_request`: URLs end up in logs. */
export function refuseQuery(call: Call): void {
  if (call.query === '') return;
  throw new CountersignError('invalid_request', 'Send parameters in the body, not in the URL.');
}

/**
 * Parses the query into a map of the names that the endpoint knows; an empty value counts as absent.
 * Throws `invalid_request` for an unknown name, a duplicate name or a bad escape.
 */
export function readQuery<Name extends string>(
  call: Call,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const known: ReadonlySet<string> = new Set(names);
  const seen = new Map<string, string>();
  for (const pair of call.query.split('&')) {
    if (pair === '') continue;
    const mark = pair.indexOf('=');
    const name = decode(mark < 0 ? pair : pair.slice(0, mark));
    const value = mark < 0 ? '' : decode(pair.slice(mark + 1));
    if (!known.has(name)) throw invalid('The query has an unknown parameter.');
    if (seen.has(name)) throw invalid(`The query parameter ${name} occurs more than once.`);
    seen.set(name, value);
  }
  for (const [name, value] of seen) if (value === '') seen.delete(name);
  return Object.fromEntries(seen) as Partial<Record<Name, string>>;
}

/** Returns a flag of the query, false when absent. Throws `invalid_request` unless it is true or false. */
export function readFlag(name: string, value: string | undefined): boolean {
  if (value === undefined) return false;
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalid(`${name} must be true or false.`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalid('The query is not well-formed.');
  }
}

function invalid(detail: string): CountersignError {
  return new CountersignError('invalid_request', detail);
}
