import { type JsonFault, readStrictJson } from '../schema/strict-json.js';
import { malformed, publicName } from './malformed.js';
import { refuseLargeBody } from './text.js';

/**
 * Parses one strict JSON object from a body, as its members.
 * Throws CountersignError `invalid_request` or `payload_too_large`.
 */
export function parseStrictJson(body: Uint8Array): ReadonlyMap<string, unknown> {
  refuseLargeBody(body);
  const read = readStrictJson(body);
  if ('fault' in read) throw malformed(detailOf(read.fault));
  return new Map(Object.entries(read.object));
}

/** Never quotes the body, which may hold a secret. */
function detailOf(fault: JsonFault): string {
  switch (fault.kind) {
    case 'utf8':
      return 'The body is not well-formed UTF-8.';
    case 'depth':
      return 'The body is nested over 64 levels deep.';
    case 'syntax':
      return 'The body is not valid JSON.';
    case 'no_object':
      return 'The body is not a JSON object.';
    case 'reserved_name':
      return 'A member has a reserved name.';
    case 'duplicate':
      return `${publicName(fault.name)} is given twice in one object.`;
    case 'nul':
      return `${placeOf(fault.of)} contains NUL.`;
    case 'lone_surrogate':
      return `${placeOf(fault.of)} contains a lone surrogate.`;
  }
}

function placeOf(of: 'name' | 'string'): string {
  return of === 'name' ? 'A member name' : 'A string';
}
