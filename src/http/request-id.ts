import { holdsCredential } from '../domain/secrets/mask.js';
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

// What one header line can carry back; node refuses line breaks on the way in.
const ECHOED = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/**
 * The caller's own request id for the answer alone, of any printable ASCII up to 256 characters; undefined when
 * there is none, or when it holds a credential that was sent by mistake.
 */
export function echoedRequestId(inbound: string | string[] | undefined): string | undefined {
  if (typeof inbound !== 'string' || !ECHOED.test(inbound)) return undefined;
  return holdsCredential(inbound) ? undefined : inbound;
}
