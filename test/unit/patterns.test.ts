import { expect } from 'chai';
import { checkPattern } from '../../scripts/lib/pattern-checker.mjs';
import { patternsOfJson, patternsOfSource } from '../../scripts/lib/patterns.mjs';

async function statusOf(source: string, flags = ''): Promise<string> {
  return (await checkPattern(source, flags)).status;
}

describe('the check of regular expressions', function () {
  this.timeout(120_000);

  for (const source of [
    'eyJ[\\w-]{6,}\\.[\\w-]{2,}\\.[\\w-]*',
    '\\beyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*){1,4}',
    '=+$',
    '(a+)+b',
  ]) {
    it(`refuses /${source}/`, async () => {
      expect(await statusOf(source)).to.equal('vulnerable');
    });
  }

  it('takes what is anchored, or begins with what it does not repeat', async () => {
    expect(await statusOf('^[a-z]{1,64}$')).to.equal('safe');
    expect(await statusOf('[\\w-]*', 'y')).to.equal('safe');
  });

  it('sees literals, texts made of constants, schemas, and what it cannot see', () => {
    const found = patternsOfSource(
      'a.ts',
      [
        "const DIGIT = '[0-9]';",
        'const A = /a+$/gi;',
        'const B = new RegExp(`^${DIGIT}+` + String.raw`\\.x`, "u");',
        "const C = RegExp(['a', DIGIT].join('|'));",
        "const schema = { pattern: '^[a-z]$' };",
        'const D = new RegExp(process.argv[2]);',
      ].join('\n'),
    );
    expect(found.map(({ line, source, flags }) => [line, source, flags])).to.deep.equal([
      [2, 'a+$', 'gi'],
      [3, '^[0-9]+\\.x', 'u'],
      [4, 'a|[0-9]', ''],
      [5, '^[a-z]$', 'u'],
      [6, undefined, ''],
    ]);
    const inJson = patternsOfJson('b.json', '{"properties":{"a":{"pattern":"^b$"}}}');
    expect(inJson.map(({ source }) => source)).to.deep.equal(['^b$']);
  });
});
