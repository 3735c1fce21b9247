import { endOfRun } from './finders.js';
import { REDACTED, TEXT_SHAPES } from './list.js';
import { maskText } from './mask.js';
import { NAME_WITH_SIGN, SECRET_MEMBER } from './named-value.js';
import { holdsSecret } from './scan.js';

/** A string of a JSON text. */
const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
/** The colon that makes a string a name. */
const COLON = /\s*:\s*/y;
/** An escape sequence (RFC 8259 section 7). */
const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|.)/g;

/**
 * Masks every secret in a JSON text, in linear time.
 * Decodes each string, masks it as `maskText` and encodes it again, so valid JSON stays valid and keeps its shape. A
 * string under the name of a secret is masked whole.
 */
export function maskJson(json: string): string {
  if (!mayHoldSecret(json)) return json;
  let out = '';
  let at = 0;
  let underSecretName = false;
  for (let start = json.indexOf('"'); start !== -1; start = json.indexOf('"', at)) {
    const end = endOfRun(json, start, STRING);
    if (end === start) break;
    const text = decoded(json.slice(start, end));
    const isName = endOfRun(json, end, COLON) > end;
    // A value that is no string stays, and another string comes after it.
    const isSecret = underSecretName && json.slice(at, start).trim() === ':';
    out += json.slice(at, start) + JSON.stringify(isSecret ? REDACTED : maskText(text));
    underSecretName = isName && SECRET_MEMBER.test(text);
    at = end;
  }
  return out + json.slice(at);
}

/** Returns false for a text without secrets, which most are, in one pass and without decoding. */
function mayHoldSecret(json: string): boolean {
  const text = json.includes('\\') ? json.replaceAll(ESCAPE, (escape) => plain(escape)) : json;
  return holdsSecret(text, TEXT_SHAPES) || NAME_WITH_SIGN.test(text);
}

/** Returns a space for an escaped control character, and any other escape unchanged. */
function plain(escape: string): string {
  return /^\\[bfnrtu]/.test(escape) ? ' ' : escape;
}

/** Returns the text of a JSON string; what is between the quotes when it is not valid. */
function decoded(literal: string): string {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal.slice(1, -1);
  }
}
