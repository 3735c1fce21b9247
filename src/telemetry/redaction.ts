import { REDACTED } from '../domain/secrets/list.js';
import { isSecretMember, maskLogText } from '../domain/secrets/mask.js';

const MAX_DEPTH = 8;

/**
 * Returns a copy that is safe for a log or a terminal.
 *
 * Members named like credentials are masked whole, texts by the shapes of secrets. Errors become plain objects, bytes
 * their length, and deep or circular values are truncated.
 */
export function redact(value: unknown): unknown {
  return copy(value, 0, new Set());
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return maskLogText(value);
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
  for (const [key, member] of Object.entries(members)) {
    out[maskLogText(key)] = isSecretMember(members, key, member)
      ? REDACTED
      : copy(member, depth + 1, above);
  }
  return out;
}
