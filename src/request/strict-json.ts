import { visit } from 'jsonc-parser';
import { malformed, publicName } from './malformed.js';
import { decodeBody, refuseBadName, refuseBadText } from './text.js';

/** Objects and arrays that may be inside one another; every parser overflows somewhere beyond. */
export const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]); // [ {
const CLOSE = new Set([0x5d, 0x7d]); // ] }

/**
 * One JSON object (RFC 8259) from untrusted bytes, as its members. Refuses what parsers disagree on: duplicate
 * keys, bad UTF-8, a byte order mark, comments, depth over 64, NUL, lone surrogates and the names `__proto__`,
 * `constructor` and `prototype`, at every level. Throws CountersignError `invalid_request` or `payload_too_large`.
 */
export function parseStrictJson(body: Uint8Array): ReadonlyMap<string, unknown> {
  const text = decodeBody(body);
  refuseDepth(body);
  const document = parse(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw malformed('The body is not a JSON object.');
  }
  refuseAmbiguity(text);
  return new Map(Object.entries(document));
}

/** Counts brackets outside strings before any parser recurses. UTF-8 keeps these bytes out of other characters. */
function refuseDepth(body: Uint8Array): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPEN.has(byte)) {
      if (++depth > MAX_DEPTH) throw malformed('The body is nested over 64 levels deep.');
    } else if (CLOSE.has(byte)) depth--;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which may hold a secret.
    throw malformed('The body is not valid JSON.');
  }
}

/** Walks every key and string of a text that JSON.parse took; it keeps the last of two equal keys silently. */
function refuseAmbiguity(text: string): void {
  const open: Set<string>[] = [];
  visit(text, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (name) => {
      refuseBadName(name);
      const names = open.at(-1);
      if (names?.has(name)) throw malformed(`${publicName(name)} is given twice in one object.`);
      names?.add(name);
    },
    onLiteralValue: (value: unknown) => {
      if (typeof value === 'string') refuseBadText(value, 'A string');
    },
    onError: () => {
      throw malformed('The body is not valid JSON.');
    },
  });
}
