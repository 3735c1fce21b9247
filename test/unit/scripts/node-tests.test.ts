import { expect } from 'chai';
import { importedBy, reachedFrom, sourcesOnNode } from '../../../scripts/lib/node-tests.mjs';
import { testFilesOf } from '../../../scripts/lib/test-jobs.mjs';
import { STEPS } from '../../../scripts/lib/test-steps.mjs';

const filesOf = (name: string): readonly string[] =>
  testFilesOf(STEPS.find((step) => step.name === name)!);
/** The sources on Node that these test files lead to. */
const onNode = (
  files: readonly string[],
  lead: (file: string) => ReadonlySet<string>,
): readonly string[] => {
  const led = new Set(files.flatMap((file) => [...lead(file)]));
  return sourcesOnNode().filter((source) => led.has(source));
};

describe('the unit tests that run on each Node', function () {
  this.timeout(60_000);
  const all = filesOf('unit').filter(
    (file) => !/^test\/unit\/(bench|docs|language|image|scripts|patterns)/.test(file),
  );

  for (const name of ['unit-node-22', 'unit-node-20']) {
    const chosen = filesOf(name);

    it(`import each source that depends on Node, where any test does: ${name}`, () => {
      expect(onNode(chosen, importedBy)).to.deep.equal(onNode(all, importedBy));
    });

    it(`reach each source that depends on Node: ${name}`, () => {
      expect(onNode(chosen, reachedFrom)).to.deep.equal(sourcesOnNode());
    });

    it(`hold tests of WebAssembly, threads and HTTP, and few of the language: ${name}`, () => {
      expect(chosen).to.include.members([
        'test/unit/policy/traps/memory.test.ts',
        'test/unit/policy/traps/poisoning.test.ts',
        'test/unit/policy/fuel/evaluation.test.ts',
        'test/unit/threads/call-thread.test.ts',
        'test/unit/http/framing.test.ts',
      ]);
      expect(chosen).not.to.include('test/unit/signals/terms.test.ts');
      expect(chosen.length).to.be.lessThan(all.length / 2);
    });
  }
});
