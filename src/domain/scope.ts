/**
 * Scopes are `action`, `action:resource` or `action:resource:identifier`, up to four segments; the last
 * segment may be `*`, which stands for everything below. Each character is one RFC 6749 section 3.3 allows,
 * less `*` elsewhere than last.
 */
const SEGMENT = '[A-Za-z0-9_.~@/=+-]{1,128}';
const SCOPE = new RegExp(`^(?:\\*|${SEGMENT}(?::${SEGMENT}){0,3}(?::\\*)?)$`);

export const MAX_SCOPES = 64;
export const MAX_SCOPE_CHARS = 256;

/** Whether a text is one well-formed scope. */
export function isScope(text: string): boolean {
  return text.length <= MAX_SCOPE_CHARS && SCOPE.test(text);
}

/**
 * Whether `wide` covers `narrow`: they are equal, or `wide` ends in `*` and `narrow` begins with what stands
 * before it. `read:*` covers `read:invoices` and `read:invoices:*`, but not `read`.
 */
export function scopeCovers(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === '*') return true;
  return wide.endsWith(':*') && narrow.startsWith(wide.slice(0, -1));
}

export const RISKS = ['low', 'medium', 'high', 'critical'] as const;

export type Risk = (typeof RISKS)[number];

/** One entry of a resource's catalogue. `name` may end in `*`. */
export interface ScopeSpec {
  readonly name: string;
  readonly risk: Risk;
  readonly description: string;
  /** Nobody should ever ask for it; asking is an alarm, and looks like any other denial. */
  readonly honey?: boolean;
  /** A person must approve. */
  readonly review?: boolean;
  readonly max_ttl_seconds?: number;
}
