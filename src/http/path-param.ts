import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';

const PARAMETER = /^[A-Za-z0-9._~:-]{1,128}$/;

/** Returns a path parameter that has the shape of an id; throws `not_found` for other text. */
export function pathParam(call: Call, name: string): string {
  const value = call.params[name];
  if (typeof value === 'string' && PARAMETER.test(value)) return value;
  throw new CountersignError('not_found', 'No such id.');
}
