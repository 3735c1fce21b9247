import { expect } from 'chai';
import { sentenceOf } from '../../../src/domain/signals.js';

describe('sentence of a signal term', () => {
  const term = { name: 'denials_60m', value: 14, expected: 0.3, score: 9 };
  for (const [name, said] of [
    ['denials_60m', 'denials: 14 in 60 min, expected 0.3'],
    ['new_scopes_60m', 'new scopes: 14 in 60 min, expected 0.3'],
    ['requests_2h', 'requests: 14 in 2 h, expected 0.3'],
    ['after_revocation', 'after revocation: 14, expected 0.3'],
    ['surge', 'surge: 14, expected 0.3'],
  ] as const) {
    it(`says ${name}`, () => {
      expect(sentenceOf({ ...term, name })).to.equal(said);
    });
  }

  it('keeps integers whole and three digits of the rest', () => {
    const odd = { name: 'requests_10m', value: 123_456, expected: 0.123_456, score: 1 };
    expect(sentenceOf(odd)).to.equal('requests: 123456 in 10 min, expected 0.123');
  });
});
