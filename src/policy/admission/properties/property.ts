import type { PolicyInput } from '../../../domain/policy.js';
import { scopeCovers } from '../../../domain/scope.js';
import type { Verdict } from '../candidate.js';

/** Every property, by the name that reports and configuration use. */
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

/** What a violation does: refuses the bundle, is listed as a warning, or is not even looked for. */
export type PropertyLevel = 'refuse' | 'warn' | 'off';
export type PropertyLevels = Readonly<Partial<Record<PropertyName, PropertyLevel>>>;

/** Asks the candidate. Never throws. */
export interface Decide {
  decide(document: object): Verdict;
  /** The bytes as they are, whatever the order of their keys. */
  decideBytes(input: Uint8Array): Verdict;
}

/** What one input showed. `skipped`: it could not have shown a violation, since nothing was granted, say. */
export type Shown = 'skipped' | 'holds' | { readonly violated: string };

/** Something that holds for every input of a policy that does not escalate. */
export interface Property {
  readonly name: PropertyName;
  readonly level: PropertyLevel;
  /** One line: what holds. */
  readonly about: string;
  /** `pick` chooses among the variants of an input that a property can try: the same pick, the same variants. */
  show(input: PolicyInput, pick: number, candidate: Decide): Shown;
}

/** Holds when what `after` is given is no more than what `before` is. */
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

/** The item that a pick means. Throws RangeError on an empty list. */
export function picked<T>(items: readonly T[], pick: number): T {
  const item = items[pick % items.length];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** Scopes of `after` that nothing in `before` covers. */
export function added(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((scope) => !before.some((wide) => scopeCovers(wide, scope)));
}

/** How `after` gives more than `before`; undefined when it does not. Lifetimes compare on the same scopes only. */
export function wider(before: Verdict, after: Verdict): string | undefined {
  const more = added(before.scopes, after.scopes);
  if (more.length > 0) return `adds ${more.join(' ')}`;
  const same = after.scopes.length > 0 && added(after.scopes, before.scopes).length === 0;
  return same && after.ttlSeconds > before.ttlSeconds
    ? `grants ${String(after.ttlSeconds)} s in place of ${String(before.ttlSeconds)} s`
    : undefined;
}
