import { expect } from 'chai';
import fc from 'fast-check';
import { costOf, intervalMicros } from '../../../src/domain/budget.js';
import type { Risk } from '../../../src/domain/scope.js';

const COSTS = { low: 1, medium: 2, high: 3, critical: 5 };
const CATALOGUE: readonly { readonly name: string; readonly risk: Risk; readonly honey?: true }[] =
  [
    { name: 'search', risk: 'low' },
    { name: 'read:*', risk: 'medium' },
    { name: 'read:salaries', risk: 'critical' },
    { name: 'write:*', risk: 'high' },
    { name: 'bait', risk: 'low', honey: true },
    { name: 'read:bait', risk: 'critical', honey: true },
  ];

describe('the cost of a request', () => {
  for (const [scopes, cost, why] of [
    [['search'], 1, 'the risk of its entry'],
    [['read:invoices'], 2, 'the risk of the wildcard it lies in'],
    [['search', 'write:x', 'search'], 3, 'the largest among its scopes, not their sum'],
    [['read:salaries'], 5, 'the riskiest of the entries it lies in'],
    [['read:*'], 5, 'the riskiest that a wildcard reaches'],
    [['bait'], 5, 'that of an unknown scope for a honey scope'],
    [['read:bait'], 2, 'that of a scope beside the honey, for honey in a wildcard'],
    [['nobody_knows'], 5, 'critical when it is in no entry'],
    [['*'], 5, 'critical when it is wider than every entry'],
    [[], 1, 'never nothing'],
  ] as const) {
    it(`is ${why}`, () => {
      expect(costOf(scopes, CATALOGUE, COSTS)).to.equal(cost);
    });
  }

  it('is equal for one scope and for many of it, so that splitting never saves', () => {
    const scope = fc.constantFrom('search', 'read:a', 'read:*', 'write:b', 'other');
    fc.assert(
      fc.property(fc.array(scope, { minLength: 1, maxLength: 8 }), (scopes) => {
        const each = scopes.map((one) => costOf([one], CATALOGUE, COSTS));
        expect(costOf(scopes, CATALOGUE, COSTS)).to.equal(Math.max(...each));
      }),
    );
  });
});

describe('the interval of a rate', () => {
  it('never lets more through than the rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (perMinute) => {
        const micros = intervalMicros(perMinute);
        expect(micros * perMinute).to.be.at.least(60_000_000);
        expect((micros - 1) * perMinute).to.be.below(60_000_000);
      }),
    );
  });
});
