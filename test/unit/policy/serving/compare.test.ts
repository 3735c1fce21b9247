import { expect } from 'chai';
import fc from 'fast-check';
import type { ChangeKind, Outcome } from '../../../../src/domain/policy-lifecycle.js';
import { scopeCovers } from '../../../../src/domain/scope.js';
import {
  compareOutcomes,
  NEW_GRANTS,
  type Outcomes,
} from '../../../../src/policy/serving/compare.js';

const allow = (scopes: string[], ttlSeconds = 60): Outcome => ({
  effect: 'allow',
  scopes,
  ttlSeconds,
});
const DENY: Outcome = { effect: 'deny', scopes: [], ttlSeconds: 0 };
const REVIEW: Outcome = { effect: 'review', scopes: [], ttlSeconds: 0 };

const MIRROR: Readonly<Record<ChangeKind, ChangeKind>> = {
  deny_to_allow: 'allow_to_deny',
  allow_to_deny: 'deny_to_allow',
  wider: 'narrower',
  narrower: 'wider',
  longer_ttl: 'shorter_ttl',
  shorter_ttl: 'longer_ttl',
  review_changed: 'review_changed',
  error: 'error',
};

const scope = fc.constantFrom('read', 'read:*', 'read:a', 'read:a:1', 'write', '*');
const outcome: fc.Arbitrary<Outcomes> = fc.oneof(
  fc.record({
    effect: fc.constantFrom('allow' as const, 'narrow' as const),
    scopes: fc.uniqueArray(scope, { minLength: 1, maxLength: 4 }),
    ttlSeconds: fc.constantFrom(1, 60, 300),
  }),
  fc.constantFrom<Outcomes>(DENY, REVIEW, 'error'),
);

function granted(of: Outcomes): readonly string[] {
  return of === 'error' ? [] : of.scopes;
}

describe('compareOutcomes', () => {
  const table: readonly [string, Outcomes, Outcomes, ChangeKind[]][] = [
    ['the same grant', allow(['a', 'b']), allow(['b', 'a']), []],
    ['deny to allow', DENY, allow(['a']), ['deny_to_allow']],
    ['allow to deny', allow(['a']), DENY, ['allow_to_deny']],
    ['one scope more', allow(['a']), allow(['a', 'b']), ['wider']],
    ['another scope', allow(['a']), allow(['b']), ['wider', 'narrower']],
    ['a wildcard for what it covers', allow(['read:a']), allow(['read:*']), ['wider']],
    ['a scope the wildcard covers already', allow(['read:*']), allow(['read:*', 'read:a']), []],
    ['longer, and less', allow(['a', 'b'], 60), allow(['a'], 90), ['narrower', 'longer_ttl']],
    ['shorter', allow(['a'], 60), allow(['a'], 59), ['shorter_ttl']],
    ['deny to review', DENY, REVIEW, ['review_changed']],
    [
      'review to allow: nobody is asked any more',
      REVIEW,
      allow(['a']),
      ['deny_to_allow', 'review_changed'],
    ],
    ['a fault instead of a grant', allow(['a']), 'error', ['allow_to_deny', 'error']],
    ['a fault instead of a denial', DENY, 'error', ['error']],
    ['a fault both times', 'error', 'error', []],
    [
      'narrow and allow that grant the same',
      { ...allow(['a']), effect: 'narrow' },
      allow(['a']),
      [],
    ],
  ];
  for (const [name, before, after, kinds] of table) {
    it(name, () => {
      expect(compareOutcomes(before, after)).to.deep.equal(kinds);
    });
  }

  it('an outcome never differs from itself', () => {
    fc.assert(
      fc.property(outcome, (a) => {
        expect(compareOutcomes(a, a)).to.deep.equal([]);
      }),
    );
  });

  it('the other way round gives the mirrored kinds', () => {
    fc.assert(
      fc.property(outcome, outcome, (a, b) => {
        const mirrored = compareOutcomes(a, b).map((kind) => MIRROR[kind]);
        expect(compareOutcomes(b, a)).to.have.members(mirrored);
      }),
    );
  });

  it('says that something new is granted exactly when some scope was not covered before', () => {
    fc.assert(
      fc.property(outcome, outcome, (a, b) => {
        const isNew = granted(b).some((one) => !granted(a).some((wide) => scopeCovers(wide, one)));
        const said = compareOutcomes(a, b).some((kind) => NEW_GRANTS.includes(kind));
        expect(said).to.equal(isNew);
      }),
    );
  });

  it('without a new grant in each of two steps there is none in both together', () => {
    fc.assert(
      fc.property(outcome, outcome, outcome, (a, b, c) => {
        const grantsMore = (x: Outcomes, y: Outcomes): boolean =>
          compareOutcomes(x, y).some((kind) => NEW_GRANTS.includes(kind));
        if (!grantsMore(a, b) && !grantsMore(b, c)) expect(grantsMore(a, c)).to.equal(false);
      }),
    );
  });
});
