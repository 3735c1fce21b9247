import type { Removal } from '../../../domain/policy.js';
import type { ChangeKind, Outcome, RecordedDecision } from '../../../domain/policy-lifecycle.js';
import type { ReplayVerdict } from './judge.js';

interface Side {
  readonly scopes: readonly string[];
  readonly rules: readonly string[];
  readonly removed: readonly Removal[];
}

const GIVES_MORE: ReadonlySet<ChangeKind> = new Set(['deny_to_allow', 'wider', 'longer_ttl']);

/**
 * Returns the rules that explain a change: those of the side that grants less, since rules restrict.
 * Omits rules of both sides, unless no others remain.
 */
export function rulesBehind(
  kind: ChangeKind,
  recorded: RecordedDecision,
  after: ReplayVerdict,
): readonly string[] {
  if (kind === 'error') return [`fault:${after.fault ?? 'none'}`];
  const before: Side = { ...recorded, scopes: recorded.outcome.scopes };
  const now: Side = {
    scopes: scopesOf(after.outcome),
    rules: after.decision?.reasons.map(({ rule }) => rule) ?? [],
    removed: after.decision?.removed ?? [],
  };
  const more = GIVES_MORE.has(kind) || (kind === 'review_changed' && isReview(recorded.outcome));
  const [less, other] = more ? [before, now] : [now, before];
  const cut = less.removed.filter(({ scope }) => other.scopes.includes(scope));
  if (cut.length > 0) return distinct(cut.map(({ rule }) => rule));
  const own = less.rules.filter((rule) => !other.rules.includes(rule));
  return distinct(own.length > 0 ? own : less.rules);
}

function scopesOf(outcome: ReplayVerdict['outcome']): readonly string[] {
  return outcome === 'error' ? [] : outcome.scopes;
}

function isReview({ effect }: Outcome): boolean {
  return effect === 'review';
}

function distinct(rules: readonly string[]): readonly string[] {
  return [...new Set(rules)].sort();
}
