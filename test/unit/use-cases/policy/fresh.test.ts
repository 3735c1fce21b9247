import { expect } from 'chai';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { BundleRecord, PolicyDocument } from '../../../../src/domain/policy-lifecycle.js';
import { requireFresh } from '../../../../src/use-cases/policy/fresh.js';

const check = (digest: string, sequence: number, highest: number) => (): void => {
  const document = { active: { digest: 'active' }, highest_sequence: highest };
  requireFresh({ digest, sequence } as BundleRecord, document as PolicyDocument);
};

describe('a bundle to activate', () => {
  it('is refused under the highest sequence that was active, and below it', () => {
    for (const sequence of [2, 1, 0]) {
      expect(check('twin', sequence, 2)).to.throw(CountersignError, 'no newer');
    }
    expect(check('next', 3, 2)).not.to.throw();
  });

  it('may be the active one, or have no sequence where none had one', () => {
    expect(check('active', 2, 2)).not.to.throw();
    expect(check('other', 0, 0)).not.to.throw();
  });
});
