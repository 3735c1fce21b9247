import { expect } from 'chai';
import { compareSources } from '../../../scripts/lib/same-code.mjs';

const isSame = async (before: string, after: string) =>
  (await compareSources('a.ts', before, after)).same;

describe('the comparison of code without its texts', () => {
  it('sees no difference in comments, layout, types, and how a text is cut', async () => {
    const before =
      '/** Old. */\nexport function f(x: number) { return `n ${x} is old` + { a: x,\n b: 1 }; } // old';
    const after =
      'export function f(\n  x: bigint,\n) {\n  // New.\n  return `number ${x}` + {\n a: x, b: 1,\n };\n}';
    expect(await isSame(before, after)).to.equal(true);
    expect(await isSame("say('one');", "say('two,' +\n  ' and' + ' three');")).to.equal(true);
    expect(await isSame("say(x + 'a');", "say(x + 'b' + 'c');")).to.equal(true);
  });

  it('returns the texts that changed', async () => {
    const { texts } = await compareSources(
      'a.ts',
      "f('a', 'b', `c${x}d`)",
      "f('a', 'B', `c${x}D`)",
    );
    expect(texts).to.deep.equal([
      { before: 'b', after: 'B' },
      { before: 'd', after: 'D' },
    ]);
  });

  for (const [what, before, after] of [
    ['an operator', 'a < b', 'a <= b'],
    ['a number', 'f(1)', 'f(2)'],
    ['a name', 'f(a)', 'f(b)'],
    ['a call', "f('x')", "f('x', 'y')"],
    ['the order of values in a template', '`${a} ${b}`', '`${b} ${a}`'],
    ['a text made a value', "f('x')", 'f(x)'],
    ['a pattern', 'f(/a/)', 'f(/b/)'],
    ['a tagged template', 'String.raw`a`', 'String.raw`b`'],
    ['a module', "import 'a';", "import 'b';"],
    ['a module loaded later', "await import('a')", "await import('b')"],
    ['a member', "({ 'a-b': 1 })", "({ 'a-c': 1 })"],
    ['a member that is read', "x['a']", "x['b']"],
    ['a sum of values', "x + y + 'a'", "x - y + 'a'"],
    ['a sum that starts with numbers', "1 + 1 + 'a'", "1 + 2 + 'a'"],
  ] as const) {
    it(`sees ${what}`, async () => {
      expect(await isSame(before, before)).to.equal(true);
      expect(await isSame(before, after)).to.equal(false);
    });
  }
});
