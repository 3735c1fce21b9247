import type { PolicyInput } from '../../../domain/policy.js';
import { scopeCovers } from '../../../domain/scope.js';
import type { Verdict } from '../candidate.js';

/** Every property, by its name in reports and configuration. */
export const PROPERTY_NAMES = [
  'always_decides',
  'scopes_within_request',
  'ttl_within_caps',
  'delegation_never_widens',
  'malformed_never_allowed',
  'guards_fail_closed',
  'fewer_roles_and_grants_never_widen',
  'worse_signals_never_widen',
  'key_order_is_nothing',
  'declared_grants_nothing',
  'fewer_scopes_never_widen',
] as const;
export type PropertyName = (typeof PROPERTY_NAMES)[number];

/** Effect of a violation: refuses the bundle, is a warning, or is not tested. */
export type PropertyLevel = 'refuse' | 'warn' | 'off';
export type PropertyLevels = Readonly<Partial<Record<PropertyName, PropertyLevel>>>;

/** Evaluates the candidate. Never throws. */
export interface Decide {
  decide(document: object): Verdict;
  /** Evaluates the bytes unchanged, in any order of keys. */
  decideBytes(input: Uint8Array): Verdict;
}

/**
 * Result for one input.
 * `skipped`: it could not show a violation, for example because nothing was granted. `unused`: a granted input shows
 * that the policy does not use the part of the input that the property speaks of.
 */
export type Shown = 'skipped' | 'unused' | 'holds' | { readonly violated: string };

/** A property of every input for a policy that does not escalate. */
export interface Property {
  readonly name: PropertyName;
  readonly level: PropertyLevel;
  /** The property in one line. */
  readonly about: string;
  /** Tests one input. `pick` selects among its variants; equal picks select equal variants. */
  show(input: PolicyInput, pick: number, candidate: Decide): Shown;
}

/** Verifies that `after` is granted no more than `before`. */
export function never(
  candidate: Decide,
  before: PolicyInput,
  after: PolicyInput,
  what: string,
): Shown {
  const [given, then] = [candidate.decide(before), candidate.decide(after)];
  if (then.scopes.length === 0) return 'skipped';
  const more = wider(given, then);
  return more === undefined ? 'holds' : { violated: `${what} ${more}` };
}

/** Returns the item that a pick selects. Throws RangeError on an empty list. */
export function picked<T>(items: readonly T[], pick: number): T {
  const item = items[pick % items.length];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** Returns the scopes of `after` that `before` does not cover. */
export function added(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((scope) => !before.some((wide) => scopeCovers(wide, scope)));
}

/**
 * Describes how `after` exceeds `before`; undefined when it does not.
 * Compares lifetimes only for equal scopes.
 */
export function wider(before: Verdict, after: Verdict): string | undefined {
  const more = added(before.scopes, after.scopes);
  if (more.length > 0) return `adds ${more.join(' ')}`;
  const same = after.scopes.length > 0 && added(after.scopes, before.scopes).length === 0;
  return same && after.ttlSeconds > before.ttlSeconds
    ? `grants ${String(after.ttlSeconds)} s in place of ${String(before.ttlSeconds)} s`
    : undefined;
}
