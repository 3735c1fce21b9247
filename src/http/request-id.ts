import { holdsCredential } from '../domain/secrets/mask.js';
import { newId } from '../domain/ids.js';

// No dots: a JWT sent by mistake must not be echoed or logged.
const WELL_FORMED = /^[A-Za-z0-9_-]{8,64}$/;
// Nor may a secret of Countersign.
const SECRET = /^cs[a-z]_/;

/** Returns the caller's request id when it is well-formed, else a new `req_…`. */
export function requestIdOf(inbound: string | string[] | undefined): string {
  if (typeof inbound === 'string' && WELL_FORMED.test(inbound) && !SECRET.test(inbound)) {
    return inbound;
  }
  return newId('req');
}

// The characters allowed in a response header; node rejects line breaks in requests.
const ECHOED = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/**
 * Returns the caller's request id for the response only: printable ASCII, at most 256 characters.
 * Undefined without one, or when it contains a credential sent by mistake.
 */
export function echoedRequestId(inbound: string | string[] | undefined): string | undefined {
  if (typeof inbound !== 'string' || !ECHOED.test(inbound)) return undefined;
  return holdsCredential(inbound) ? undefined : inbound;
}
