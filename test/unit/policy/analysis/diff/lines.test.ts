import { expect } from 'chai';
import fc from 'fast-check';
import { unifiedDiff } from '../../../../../src/policy/analysis/diff/lines.js';

/** Applies a unified difference; throws where it does not fit. */
function applied(before: string, diff: string): string {
  const old = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split('\n').slice(2, -1)) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(line);
    if (hunk !== null) {
      const start = hunk[2] === '0' ? Number(hunk[1]) : Number(hunk[1]) - 1;
      out.push(...old.slice(at, start));
      at = start;
      const wanted = hunk[4] === '0' ? Number(hunk[3]) : Number(hunk[3]) - 1;
      expect(out.length, line).to.equal(wanted);
    } else if (line.startsWith('+')) out.push(line.slice(1));
    else {
      expect(old[at], `line ${String(at + 1)}`).to.equal(line.slice(1));
      if (line.startsWith(' ')) out.push(old[at] ?? '');
      at += 1;
    }
  }
  return [...out, ...old.slice(at)].map((line) => `${line}\n`).join('');
}

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', '', 'deny if x'), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

describe('unifiedDiff', () => {
  it('makes the other text of the one, for any two texts', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = unifiedDiff('x.rego', before, after);
        if (before === after) expect(diff).to.equal('');
        else expect(applied(before, diff)).to.equal(after);
      }),
      { numRuns: 500 },
    );
  });

  it('is what diff -u writes', () => {
    const before = 'package a\n\nallow if {\n\tinput.x == 1\n}\n\n# end\nlast\n';
    expect(unifiedDiff('a.rego', before, before.replace('== 1', '== 2'))).to.equal(
      [
        ...['--- a/a.rego', '+++ b/a.rego', '@@ -1,7 +1,7 @@', ' package a', ' ', ' allow if {'],
        ...['-\tinput.x == 1', '+\tinput.x == 2', ' }', ' ', ' # end', ''],
      ].join('\n'),
    );
  });

  it('keeps far changes in hunks of their own, and names a file that came or went', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `line ${String(i)}`).join('\n');
    const diff = unifiedDiff('a', lines, lines.replace('line 3\n', '').replace('line 30', 'new'));
    expect(diff.match(/^@@/gm)).to.have.length(2);
    expect(unifiedDiff('a', '', 'x\n')).to.equal('--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n');
    expect(unifiedDiff('a', 'x\n', '')).to.equal('--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n');
  });

  it('ends soon on texts that have nothing in common', () => {
    const many = (word: string): string =>
      Array.from({ length: 20_000 }, (_, i) => `${word} ${String(i)}\n`).join('');
    const [before, after] = [many('old'), many('new')];
    expect(applied(before, unifiedDiff('a', before, after))).to.equal(after);
  }).timeout(10_000);
});
