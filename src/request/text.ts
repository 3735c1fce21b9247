import { CountersignError } from '../domain/errors.js';
import { decodeUtf8, isReservedName, textFault } from '../schema/strict-json.js';
import { malformed, publicName } from './malformed.js';

/** Maximum size of a body in bytes; a second limit behind that of the listener. */
export const MAX_BODY_BYTES = 65_536;

// Control characters, and the two separators that end a line in a log viewer.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** Throws `payload_too_large` for a body over `MAX_BODY_BYTES`. */
export function refuseLargeBody(body: Uint8Array): void {
  if (body.byteLength > MAX_BODY_BYTES) {
    throw new CountersignError('payload_too_large', 'The body is over 65,536 bytes.');
  }
}

/** The text of a body. Throws `payload_too_large`, or `invalid_request` for anything but well-formed UTF-8. */
export function decodeBody(body: Uint8Array): string {
  refuseLargeBody(body);
  const text = decodeUtf8(body);
  if (text === undefined) throw malformed('The body is not well-formed UTF-8.');
  return text;
}

/** Throws for a member name that could reach an object's prototype, or that is invalid text. */
export function refuseBadName(name: string): void {
  if (isReservedName(name)) throw malformed('A member has a reserved name.');
  refuseBadText(name, 'A member name');
}

/** Throws for NUL and lone surrogates: storage, logs and other parsers change both. */
export function refuseBadText(text: string, what: string): void {
  const fault = textFault(text);
  if (fault === 'nul') throw malformed(`${what} contains NUL.`);
  if (fault !== undefined) throw malformed(`${what} contains a lone surrogate.`);
}

/** Throws for a text over `maxChars` UTF-16 units or with a control character or line separator. */
export function refuseUnprintable(text: string, name: string, maxChars: number): void {
  if (text.length > maxChars) {
    throw malformed(`${publicName(name)} is over ${String(maxChars)} characters.`);
  }
  if (CONTROL.test(text)) throw malformed(`${publicName(name)} contains a control character.`);
}
