import { CountersignError } from '../domain/errors.js';
import { malformed, publicName } from './malformed.js';

/** Maximum size of a body in bytes; a second limit behind that of the listener. */
export const MAX_BODY_BYTES = 65_536;

// The byte order mark is kept, so that it is refused like any other stray character (RFC 8259 section 8.1).
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const RESERVED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;
// Control characters, and the two separators that end a line in a log viewer.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** Decodes a body. Throws `payload_too_large`, or `invalid_request` for malformed UTF-8. */
export function decodeBody(body: Uint8Array): string {
  if (body.byteLength > MAX_BODY_BYTES) {
    throw new CountersignError('payload_too_large', 'The body is over 65,536 bytes.');
  }
  try {
    return utf8.decode(body);
  } catch {
    throw malformed('The body is not well-formed UTF-8.');
  }
}

/** Throws for a member name that could reach an object's prototype, or that is invalid text. */
export function refuseBadName(name: string): void {
  if (RESERVED_NAMES.has(name)) throw malformed('A member has a reserved name.');
  refuseBadText(name, 'A member name');
}

/** Throws for NUL and lone surrogates: storage, logs and other parsers change both. */
export function refuseBadText(text: string, what: string): void {
  if (text.includes('\0')) throw malformed(`${what} contains NUL.`);
  if (LONE_SURROGATE.test(text)) throw malformed(`${what} contains a lone surrogate.`);
}

/** Throws for a text over `maxChars` UTF-16 units or with a control character or line separator. */
export function refuseUnprintable(text: string, name: string, maxChars: number): void {
  if (text.length > maxChars) {
    throw malformed(`${publicName(name)} is over ${String(maxChars)} characters.`);
  }
  if (CONTROL.test(text)) throw malformed(`${publicName(name)} contains a control character.`);
}
