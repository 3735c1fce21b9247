import { expect } from 'chai';
import { patternCost } from '../../../../src/policy/author/check/pattern-cost.js';

describe('the cost of a pattern', () => {
  const cases: readonly (readonly [pattern: string, states: number, nested: boolean])[] = [
    ['abc', 3, false],
    ['^[a-z]{3,10}$', 12, false],
    ['(ab){5}', 10, false],
    ['(ab|cd){2,}', 12, false],
    ['\\p{L}{1,100}', 20_000, false],
    ['[\\pL\\d]{10}', 2000, false],
    ['((a{10}){10}){10}', 1000, false],
    ['(a+)+', 3, true],
    ['(?:a*b)*', 4, true],
    ['(a+b)?', 4, false],
    ['(?P<name>a)\\(\\)', 3, false],
    ['[]a]{2}', 2, false],
  ];
  for (const [pattern, states, nested] of cases) {
    it(`${pattern} is about ${String(states)}${nested ? ', nested' : ''}`, () => {
      expect(patternCost(pattern)).to.deep.equal({ states, nested });
    });
  }

  it('is computed for any text, well-formed or not, and for the longest', () => {
    for (const odd of ['(', ')', '[', '{9', 'a{', '\\', '*', '(((', 'a**', '(?', '']) {
      expect(patternCost(odd).states).to.be.within(0, 20);
    }
    expect(patternCost('('.repeat(100_000)).states).to.equal(100_000);
  });
});
