import { replaceSecrets } from '../domain/secret-scan.js';
import { HEADER, KEYS, NAMED_VALUE, PEM } from './redaction-shapes.js';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

const SECRET_KEYS = new Set(
  [
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'client_secret',
    'client_assertion',
    'assertion',
    'secret',
    'password',
    'token',
    'admin_token',
    'access_token',
    'refresh_token',
    'subject_token',
    'private_key',
    'sealed_private_key',
    'key_encryption_key',
    'previous_key_encryption_key',
  ].map(plainKey),
);
const PRIVATE_JWK_MEMBERS = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']);
const MAX_DEPTH = 8;

/** Patterns that `npm test` proves linear; all other shapes are scanned for by hand. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\bdev:[A-Za-z0-9+/]{43}=/g, REDACTED],
  [/((?:rediss?|https?)(?:\+[a-z]+)?:\/\/[^:@\s/"]*:)[^@\s/"]+@/g, `$1${REDACTED}@`],
];

/** The text with everything masked that looks like a credential, wherever it stands. */
export function redactText(text: string): string {
  let out = replaceSecrets(text, PEM, () => REDACTED);
  out = replaceSecrets(out, HEADER, (found) => {
    const scheme = found.slice(0, found.indexOf(' '));
    return `${scheme} ${REDACTED}`;
  });
  for (const shape of KEYS) out = replaceSecrets(out, shape, () => REDACTED);
  for (const [pattern, replacement] of RULES) out = out.replace(pattern, replacement);
  return replaceSecrets(out, NAMED_VALUE, () => REDACTED);
}

/**
 * A copy fit for a log or a terminal: members named like credentials are masked whole, texts by what they look
 * like, errors become plain objects, bytes become their length, and what is deep or circular is cut.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (above.has(value)) return '[circular]';
  if (depth >= MAX_DEPTH) return '[deep]';
  if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
  if (value instanceof Date) return value.toISOString();
  above.add(value);
  const out = Array.isArray(value)
    ? value.map((item: unknown): unknown => copy(item, depth + 1, above))
    : copyMembers(membersOf(value), depth, above);
  above.delete(value);
  return out;
}

function membersOf(value: object): Record<string, unknown> {
  if (value instanceof Map) return Object.fromEntries<unknown>(value);
  if (value instanceof URL) return { url: value.href };
  if (!(value instanceof Error)) return Object.fromEntries(Object.entries(value));
  const { name, message, stack, cause } = value;
  const own = Object.fromEntries(Object.entries(value));
  return { ...own, type: name, message, stack, ...(cause === undefined ? {} : { cause }) };
}

function copyMembers(
  members: Record<string, unknown>,
  depth: number,
  above: Set<object>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const isJwk = typeof members['kty'] === 'string';
  for (const [key, member] of Object.entries(members)) {
    const hidden = SECRET_KEYS.has(plainKey(key)) || (isJwk && PRIVATE_JWK_MEMBERS.has(key));
    out[key] =
      hidden && member !== undefined && member !== null && typeof member !== 'boolean'
        ? REDACTED
        : copy(member, depth + 1, above);
  }
  return out;
}

/** `clientSecret`, `client-secret` and `client_secret` are one name. */
function plainKey(key: string): string {
  return key.replaceAll(/[_-]/g, '').toLowerCase();
}
