import { expect } from 'chai';
import fc from 'fast-check';
import type { AgentGrant } from '../../../../../src/domain/records.js';
import { scopeCovers } from '../../../../../src/domain/scope.js';
import { narrowGrants, type UsedScope } from '../../../../../src/policy/analysis/tighten/narrow.js';

const resource = fc.constantFrom('a', 'b', 'c');
const scope = fc.constantFrom('read', 'read:x', 'read:y', 'read:x:1', 'write:x');
const pattern = fc.oneof(scope, fc.constantFrom('*', 'read:*', 'read:x:*', 'write:*'));
const grants: fc.Arbitrary<AgentGrant[]> = fc.array(
  fc.record(
    {
      resource: fc.oneof(resource, fc.constant('*')),
      scopes: fc.uniqueArray(pattern, { minLength: 1, maxLength: 3 }),
      max_ttl_seconds: fc.constant(60),
    },
    { requiredKeys: ['resource', 'scopes'] },
  ),
  { maxLength: 4 },
);
const uses = fc.array(fc.record({ resource, scope: pattern }), { maxLength: 6 });

function covered({ resource: at, scope: what }: UsedScope, by: readonly AgentGrant[]): boolean {
  return by.some(
    (grant) =>
      (grant.resource === '*' || grant.resource === at) &&
      grant.scopes.some((wide) => scopeCovers(wide, what)),
  );
}

describe('narrowGrants', () => {
  it('never grants more, and keeps all that was used', () => {
    fc.assert(
      fc.property(grants, uses, (before, used) => {
        const after = narrowGrants(before, used);
        for (const grant of after) {
          for (const one of grant.scopes) {
            expect(covered({ resource: grant.resource, scope: one }, before)).to.equal(true);
          }
        }
        for (const use of used) {
          if (covered(use, before)) expect(covered(use, after), JSON.stringify(use)).to.equal(true);
        }
        expect(narrowGrants(after, used)).to.deep.equal(after);
      }),
      { numRuns: 1000 },
    );
  });

  const table: readonly [string, AgentGrant[], UsedScope[], AgentGrant[]][] = [
    [
      'an unused scope goes',
      [{ resource: 'a', scopes: ['read', 'write'] }],
      [{ resource: 'a', scope: 'read' }],
      [{ resource: 'a', scopes: ['read'] }],
    ],
    ['an unused grant goes', [{ resource: 'a', scopes: ['read'] }], [], []],
    [
      'a wildcard becomes what was used below it, with its cap',
      [{ resource: 'a', scopes: ['read:*'], max_ttl_seconds: 9 }],
      [
        { resource: 'a', scope: 'read:y' },
        { resource: 'a', scope: 'read:x' },
      ],
      [{ resource: 'a', scopes: ['read:x', 'read:y'], max_ttl_seconds: 9 }],
    ],
    [
      'a wildcard that was used as such stays',
      [{ resource: 'a', scopes: ['read:*'] }],
      [{ resource: 'a', scope: 'read:*' }],
      [{ resource: 'a', scopes: ['read:*'] }],
    ],
    [
      'a grant for every resource becomes one for each',
      [{ resource: '*', scopes: ['read'] }],
      [{ resource: 'b', scope: 'read' }],
      [{ resource: 'b', scopes: ['read'] }],
    ],
    [
      'a wildcard with too much below it stays',
      [{ resource: 'a', scopes: ['read:*'] }],
      Array.from({ length: 21 }, (_, i) => ({ resource: 'a', scope: `read:${String(i)}` })),
      [{ resource: 'a', scopes: ['read:*'] }],
    ],
  ];
  for (const [name, before, used, after] of table) {
    it(name, () => {
      expect(narrowGrants(before, used)).to.deep.equal(after);
    });
  }

  it('keeps grants without a record of use', () => {
    const before = [
      { resource: 'a', scopes: ['read'] },
      { resource: '*', scopes: ['read'] },
      { resource: 'b', scopes: ['read'] },
    ];
    expect(narrowGrants(before, [], new Set(['a']))).to.deep.equal(before.slice(0, 2));
  });
});
