import { newId } from '../domain/ids.js';

// No dots: a JWT sent by mistake must not be echoed or logged.
const WELL_FORMED = /^[A-Za-z0-9_-]{8,64}$/;
// Neither may one of our secrets.
const SECRET = /^cs[a-z]_/;

/** The caller's own request id when it is well-formed, else a new `req_…`. */
export function requestIdOf(inbound: string | string[] | undefined): string {
  if (typeof inbound === 'string' && WELL_FORMED.test(inbound) && !SECRET.test(inbound)) {
    return inbound;
  }
  return newId('req');
}
