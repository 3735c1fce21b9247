import { visit } from 'jsonc-parser';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Objects and arrays that may be inside one another; every parser overflows somewhere beyond. */
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]); // [ {
const CLOSE = new Set([0x5d, 0x7d]); // ] }

const RESERVED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;

// A byte order mark is kept, so that it is refused as any other stray character is (RFC 8259 section 8.1).
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type TextFault = 'nul' | 'lone_surrogate';

/** Why bytes are no strict JSON object; `name` is the member that the fault is about. */
export type JsonFault =
  | { readonly kind: 'utf8' | 'depth' | 'syntax' | 'no_object' | 'reserved_name' }
  | { readonly kind: 'duplicate'; readonly name: string }
  | { readonly kind: TextFault; readonly of: 'name' | 'string' };

export type StrictJson = { readonly object: JsonObject } | { readonly fault: JsonFault };

/** The text of bytes, undefined unless they are well-formed UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Whether a member of this name could reach an object's prototype. */
export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.has(name);
}

/** NUL and lone surrogates: neither survives storage, logs and other parsers unchanged. */
export function textFault(text: string): TextFault | undefined {
  if (text.includes('\0')) return 'nul';
  return LONE_SURROGATE.test(text) ? 'lone_surrogate' : undefined;
}

/**
 * Parses one JSON object (RFC 8259) from untrusted bytes. Refuses what parsers disagree on: duplicate members, bad
 * UTF-8, a byte order mark, comments, depth over 64, NUL, lone surrogates and the names `__proto__`, `constructor`
 * and `prototype`, at every level. Never throws.
 */
export function readStrictJson(bytes: Uint8Array): StrictJson {
  const text = decodeUtf8(bytes);
  if (text === undefined) return { fault: { kind: 'utf8' } };
  if (isTooDeep(bytes)) return { fault: { kind: 'depth' } };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: { kind: 'syntax' } };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { fault: { kind: 'no_object' } };
  }
  const fault = ambiguityOf(text);
  return fault === undefined ? { object: value as JsonObject } : { fault };
}

/** Parses as `readStrictJson`; undefined for any fault. */
export function parseStrictObject(bytes: Uint8Array): JsonObject | undefined {
  const read = readStrictJson(bytes);
  return 'object' in read ? read.object : undefined;
}

/** Counts brackets outside strings before any parser recurses. UTF-8 keeps these bytes out of other characters. */
function isTooDeep(body: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPEN.has(byte)) {
      if (++depth > MAX_DEPTH) return true;
    } else if (CLOSE.has(byte)) depth--;
  }
  return false;
}

/** The first fault of a text that JSON.parse took; it keeps the last of two equal keys silently. */
function ambiguityOf(text: string): JsonFault | undefined {
  const open: Set<string>[] = [];
  let first: JsonFault | undefined;
  visit(text, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectEnd: () => {
      open.pop();
    },
    onObjectProperty: (name) => {
      const names = open.at(-1);
      first ??= nameFault(name);
      if (names?.has(name)) first ??= { kind: 'duplicate', name };
      names?.add(name);
    },
    onLiteralValue: (value: unknown) => {
      const kind = typeof value === 'string' ? textFault(value) : undefined;
      if (kind !== undefined) first ??= { kind, of: 'string' };
    },
    onError: () => {
      first ??= { kind: 'syntax' };
    },
  });
  return first;
}

function nameFault(name: string): JsonFault | undefined {
  if (isReservedName(name)) return { kind: 'reserved_name' };
  const kind = textFault(name);
  return kind === undefined ? undefined : { kind, of: 'name' };
}
