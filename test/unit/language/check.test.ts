import { expect } from 'chai';
import { checkArea, checkFile } from '../../../scripts/lib/language/check.mjs';

const hardWords = (file: string, lines: readonly string[]) =>
  checkFile(file, lines.join('\n')).hard.map(({ word, line }) => `${String(line)} ${word}`);

describe('the check of the language', () => {
  it('finds the hard words of Markdown, whole, in any case and across lines', () => {
    const lines = ['# Whoever asks', '', 'It is made anew, once', 'more. Seldomly a kinship.'];
    expect(hardWords('a.md', lines)).to.deep.equal(['1 whoever', '3 anew', '3 once more']);
  });

  it('leaves out quotations, code spans, fences and link targets, but not the text after them', () => {
    const lines = [
      'The log says "made',
      'anew", the flag is `anew`, see [why](adr/whoever.md).',
      '```bash',
      'echo "anew',
      '```',
      'An unpaired " and an errand.',
      '',
      '~~~text',
      'kin',
      '~~~',
      'His kin.',
    ];
    expect(hardWords('a.md', lines)).to.deep.equal(['6 errand', '11 kin']);
  });

  it('reads comments and strings of TypeScript, and neither names nor modules', () => {
    const lines = [
      "import { seldom } from './errand.js';",
      '/** Is told',
      ' * once',
      ' * more. */',
      "const anew = seldom('so many') + `kin ${anew} errand`; // reckoned",
      'const whoever = /anew/; // "kin"',
      'const last = { a: [1] /* is had */ };',
    ];
    expect(hardWords('a.ts', lines)).to.deep.equal([
      '3 once more',
      ...['5 so many', '5 kin', '5 errand', '5 reckoned'],
      '7 is had',
    ]);
    expect(checkFile('a.ts', lines.join('\n')).soft.map(({ word }) => word)).to.eql(['told']);
  });

  it('reads comments and strings of Rego, Lua and YAML', () => {
    expect(hardWords('a.rego', ['# title: so', '#   many', 'kin if { x == "anew # kin" }'])).to.eql(
      ['1 so many', ...['3 anew', '3 kin']],
    );
    expect(hardWords('a.lua', ['local kin = 1 -- anew', "x('kin -- so')"])).to.eql([
      '1 anew',
      '2 kin',
    ]);
    expect(hardWords('a.yaml', ['kin: a#anew # errand'])).to.eql(['1 errand']);
  });

  it('reads comments and titles of tests, and no other strings of them', () => {
    const lines = [
      "describe('kin', () => {",
      "  it(`errand ${'anew'} seldom`, () => expect(call('anew'), 'so many'));",
      '  // reckoned',
      "  it.skip('whoever', run);",
    ];
    expect(hardWords('test/a.test.ts', lines)).to.deep.equal([
      ...['1 kin', '2 errand', '2 seldom', '3 reckoned', '4 whoever'],
    ]);
  });

  it('reads titles and descriptions of JSON schemas, and no other members', () => {
    const lines = ['{', '"title": "Kin",', '"description": "Made anew.",', '"kin": "errand"}'];
    expect(hardWords('a.json', lines)).to.deep.equal(['2 kin', '3 anew']);
  });

  it('finds lines over 120 columns, except fenced code and a line that is one link', () => {
    const long = 'x'.repeat(121);
    const text = [long, 'y'.repeat(120), '```', long, '```', `- [${long}](b.md).`, `| ${long} |`];
    expect(checkFile('a.md', text.join('\n')).wide.map(({ line }) => line)).to.eql([1, 7]);
    expect(checkFile('a.ts', `// ${long}`).wide).to.eql([]);
  });

  it('fails when a word is added to those allowed', () => {
    const files = [{ file: 'a.ts', source: '// anew' }];
    expect(checkArea('src', files, 1).passed).to.equal(true);
    const more = [...files, { file: 'b.ts', source: '// kin' }];
    expect(checkArea('src', more, 1).passed).to.equal(false);
    expect(checkArea('elsewhere', files).passed).to.equal(false);
  });

  it('fails on one wide line, and counts soft words without failing', () => {
    const soft = checkArea('docs', [{ file: 'a.md', source: 'Nobody is told the same.' }]);
    expect([soft.passed, soft.soft.length]).to.eql([true, 3]);
    const wide = checkArea('docs', [{ file: 'a.md', source: 'x '.repeat(61) }]);
    expect(wide.passed).to.equal(false);
  });
});
