import { CHANGE_KINDS, type ChangeKind, type Outcome } from '../../domain/policy-lifecycle.js';
import { scopeCovers } from '../../domain/scope.js';

/** Outcome of an evaluation; `error` is a fault, which grants nothing. */
export type Outcomes = Outcome | 'error';

/** Kinds that grant something new, and so block an activation beyond its allowance. */
export const NEW_GRANTS: readonly ChangeKind[] = ['deny_to_allow', 'wider'];

/**
 * Returns how the grants of `after` differ from those of `before`, ignoring texts.
 * Kinds come in the order of CHANGE_KINDS; empty when both grants are equal. A scope covered by a wildcard of the other
 * side is not a difference. A review grants nothing, so a change from review to a grant is `deny_to_allow` as well as
 * `review_changed`. Pure. Swapped operands give the mirrored kinds.
 */
export function compareOutcomes(before: Outcomes, after: Outcomes): ChangeKind[] {
  const had = grantOf(before);
  const has = grantOf(after);
  const kinds = new Set<ChangeKind>();
  if (had === undefined && has !== undefined) kinds.add('deny_to_allow');
  if (had !== undefined && has === undefined) kinds.add('allow_to_deny');
  if (had !== undefined && has !== undefined) {
    if (!coversAll(had.scopes, has.scopes)) kinds.add('wider');
    if (!coversAll(has.scopes, had.scopes)) kinds.add('narrower');
    if (has.ttlSeconds > had.ttlSeconds) kinds.add('longer_ttl');
    if (has.ttlSeconds < had.ttlSeconds) kinds.add('shorter_ttl');
  }
  if (isReview(before) !== isReview(after)) kinds.add('review_changed');
  if ((before === 'error') !== (after === 'error')) kinds.add('error');
  return CHANGE_KINDS.filter((kind) => kinds.has(kind));
}

function grantOf(outcome: Outcomes): Outcome | undefined {
  if (outcome === 'error') return undefined;
  const grants = outcome.effect === 'allow' || outcome.effect === 'narrow';
  return grants && outcome.scopes.length > 0 ? outcome : undefined;
}

function isReview(outcome: Outcomes): boolean {
  return outcome !== 'error' && outcome.effect === 'review';
}

function coversAll(wide: readonly string[], narrow: readonly string[]): boolean {
  return narrow.every((scope) => wide.some((over) => scopeCovers(over, scope)));
}
