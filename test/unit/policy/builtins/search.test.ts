import { expect } from 'chai';
import fc from 'fast-check';
import { hostBuiltins } from '../../../../src/policy/builtins/index.js';
import { anyBegins, lastUpTo, occurrences } from '../../../../src/policy/builtins/search.js';
import { compareTerms, RegoSet, type Term } from '../../../../src/policy/json/terms.js';
import { fastest } from '../../../support/growth.js';

const short = fc.array(fc.constantFrom('a', 'b', '\u{1f600}'), { maxLength: 8 });
const word = short.map((parts) => parts.join(''));
const isEqual = (a: unknown, b: unknown): boolean => a === b;

describe('searches of host builtins', () => {
  it('find every occurrence, overlapping ones included', () => {
    fc.assert(
      fc.property(word, word, (whole, part) => {
        fc.pre(part !== '');
        const expected = [...Array(whole.length).keys()].filter((at) => whole.startsWith(part, at));
        expect(occurrences(whole, part, isEqual)).to.deep.equal(expected);
      }),
    );
  });

  it('find a prefix as a look at each would', () => {
    fc.assert(
      fc.property(fc.array(word), fc.array(word), (all, prefixes) => {
        const expected = all.some((one) => prefixes.some((prefix) => one.startsWith(prefix)));
        expect(anyBegins(all, prefixes)).to.equal(expected);
      }),
    );
  });

  it('find the last item that is not greater', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9)), fc.nat(9), (items, value) => {
        const sorted = items.sort((a, b) => a - b);
        const expected = sorted.filter((item) => item <= value).at(-1);
        expect(lastUpTo(sorted, value, (a, b) => a - b)).to.equal(expected);
      }),
    );
  });

  it('compare texts in the order of their bytes in UTF-8', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareTerms(a, b))).to.equal(bytes);
      }),
    );
    expect(compareTerms('\u{1f600}', '\uffee')).to.be.above(0);
  });

  const times = (count: number, part: string): string => part.repeat(count);
  const zeros = (count: number): Term[] => Array<Term>(count).fill(0);
  const numbers = (count: number): Term[] => Array.from({ length: count }, (_, at) => at);
  const texts = (count: number, end: string): string[] =>
    Array.from({ length: count }, (_, at) => times(200, 'a') + String(at) + end);
  /** Operands that a look at each pair would take the product of both lengths for. */
  const WORST: Readonly<Record<string, (count: number) => readonly [string, ...Term[]]>> = {
    'object.subset of arrays': (n) => ['object.subset', zeros(n), [...zeros(n / 2), 1]],
    'object.subset of an array and a set': (n) => [
      'object.subset',
      numbers(n).reverse(),
      new RegoSet(numbers(n)),
    ],
    'object.subset of sets': (n) => [
      'object.subset',
      new RegoSet(numbers(n)),
      new RegoSet(numbers(n)),
    ],
    'strings.any_prefix_match': (n) => ['strings.any_prefix_match', texts(n, ''), texts(n, 'x')],
    'strings.any_suffix_match': (n) => ['strings.any_suffix_match', texts(n, ''), texts(n, 'x')],
    indexof_n: (n) => ['indexof_n', times(n, 'a'), `${times(n / 2, 'a')}b`],
  };

  for (const [name, operands] of Object.entries(WORST)) {
    it(`take time in proportion to their operands: ${name}`, function () {
      this.timeout(120_000);
      const run = (count: number): (() => unknown) => {
        const [builtin, ...terms] = operands(count);
        const { call } = hostBuiltins.get(builtin)!;
        return () => call(...terms);
      };
      const [one = 0, sixteen = 0] = fastest(5, run(1000), run(16_000));
      // A product would grow to 256 times; a logarithm and the processor's cache take their share.
      expect(sixteen / one).to.be.below(64);
    });
  }
});
