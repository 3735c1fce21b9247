import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';

/** Client endpoints take everything in the body: what is in a URL ends up in logs. */
export function refuseQuery(call: Call): void {
  if (call.query === '') return;
  throw new CountersignError('invalid_request', 'Send parameters in the body, not in the URL.');
}

/**
 * The query as a map of the names the endpoint knows. An unknown name, a name twice or a bad escape
 * throws `invalid_request`; an empty value counts as absent.
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
    if (!known.has(name)) throw invalid('The query has a parameter that is not known here.');
    if (seen.has(name)) throw invalid(`The query parameter ${name} came more than once.`);
    seen.set(name, value);
  }
  for (const [name, value] of seen) if (value === '') seen.delete(name);
  return Object.fromEntries(seen) as Partial<Record<Name, string>>;
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
