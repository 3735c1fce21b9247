/**
 * A segment of a scope: `action`, `action:resource` or `action:resource:identifier`, up to four segments.
 *
 * The last segment may be `*`, which covers everything below. Characters are a subset of RFC 6749 section 3.3.
 */
const SEGMENT = '[A-Za-z0-9_.~@/=+-]{1,128}';
const SCOPE = new RegExp(`^(?:\\*|${SEGMENT}(?::${SEGMENT}){0,3}(?::\\*)?)$`);

export const MAX_SCOPES = 64;
export const MAX_SCOPE_CHARS = 256;

/** Returns true for one well-formed scope. */
export function isScope(text: string): boolean {
  return text.length <= MAX_SCOPE_CHARS && SCOPE.test(text);
}

/**
 * Returns true when `wide` covers `narrow`: they are equal, or `wide` ends in `*` and its prefix matches.
 *
 * `read:*` covers `read:invoices` and `read:invoices:*`, but not `read`.
 */
export function scopeCovers(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === '*') return true;
  return wide.endsWith(':*') && narrow.startsWith(wide.slice(0, -1));
}

export const RISKS = ['low', 'medium', 'high', 'critical'] as const;

export type Risk = (typeof RISKS)[number];

/** A scope entry of a resource in the catalogue. `name` may end in `*`. */
export interface ScopeSpec {
  readonly name: string;
  readonly risk: Risk;
  readonly description: string;
  /** A honey scope: a request for it raises an alarm and looks like any other denial. */
  readonly honey?: boolean;
  /** True when a person must approve. */
  readonly review?: boolean;
  readonly max_ttl_seconds?: number;
}
