import { visit } from 'jsonc-parser';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Maximum nesting of objects and arrays, so that no parser overflows. */
const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]); // [ {
const CLOSE = new Set([0x5d, 0x7d]); // ] }

const RESERVED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const LONE_SURROGATE = /\p{Surrogate}/u;

// A byte order mark is kept, so that it is refused like any other stray character (RFC 8259 section 8.1).
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type TextFault = 'nul' | 'lone_surrogate';

/** The fault of bytes that are no strict JSON object; `name` is the faulty member. */
export type JsonFault =
  | { readonly kind: 'utf8' | 'depth' | 'syntax' | 'no_object' | 'reserved_name' }
  | { readonly kind: 'duplicate'; readonly name: string }
  | { readonly kind: TextFault; readonly of: 'name' | 'string' };

export type StrictJson = { readonly object: JsonObject } | { readonly fault: JsonFault };

/** Returns the text of bytes; undefined unless they are well-formed UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Returns true for a member name that could reach an object's prototype. */
export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.has(name);
}

/** Returns the fault of a text: NUL or a lone surrogate, which storage and parsers may alter. */
export function textFault(text: string): TextFault | undefined {
  if (text.includes('\0')) return 'nul';
  return LONE_SURROGATE.test(text) ? 'lone_surrogate' : undefined;
}

/**
 * Parses one JSON object (RFC 8259) from untrusted bytes. Never throws.
 *
 * Refuses input on which parsers disagree: duplicate members, bad UTF-8, a byte order mark, comments, depth over 64,
 * NUL, lone surrogates and the names `__proto__`, `constructor` and `prototype`, at every level.
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

/** Counts brackets outside strings before any parser recurses. These bytes are unique in UTF-8. */
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

/** Returns the first fault that JSON.parse missed; it silently keeps the last of equal keys. */
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
