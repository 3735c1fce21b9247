import { expect } from 'chai';
import { stepsFor } from '../../../scripts/lib/changed.mjs';
import { testFilesOf } from '../../../scripts/lib/test-jobs.mjs';
import { STEPS } from '../../../scripts/lib/test-steps.mjs';

const touchedBy = (...changed: string[]) => {
  const steps = stepsFor(changed, STEPS, testFilesOf);
  const only = (name: string) => steps.find((step) => step.name === name)?.only ?? [];
  return { names: steps.map(({ name }) => name), only };
};

describe('npm test -- --changed', function () {
  this.timeout(60_000);

  it('runs the tests that import a changed source through other modules, and no others', () => {
    const { names, only } = touchedBy('src/domain/ids.ts');
    expect(names).to.include.members(['lint', 'types', 'walls', 'mutate', 'unit-node-22']);
    expect(names).not.to.include('rego-tests');
    expect(only('unit')).to.include('test/unit/domain/ids.test.ts');
    expect(only('integration')).not.to.deep.equal([]);
    expect(only('unit')).not.to.include('test/unit/patterns.test.ts');
    const all = STEPS.find(({ name }) => name === 'unit');
    expect(only('unit').length).to.be.lessThan(testFilesOf(all!).length);
  });

  it('runs the tests that load a changed file or thread by its URL', () => {
    const script = touchedBy('src/redis/lua/commitGrant-7.lua');
    expect(script.names).to.include('lua');
    expect(script.only('integration')).to.include('test/integration/redis/commit.test.ts');
    const thread = touchedBy('src/policy/admission/steps/budget.ts');
    expect(thread.only('unit')).to.include('test/unit/policy/admission/steps.test.ts');
  });

  it('runs for a document the checks and tests that read it', () => {
    const { names, only } = touchedBy('docs/reference/cli.md');
    expect(names).to.include('format');
    for (const name of ['types', 'lint', 'patterns', 'rego-tests'])
      expect(names).not.to.include(name);
    expect(only('unit')).to.include('test/unit/cli/commands.test.ts');
  });

  it('gives a check of single files the changed files alone', () => {
    const [step] = stepsFor(['src/domain/ids.ts', 'src/gone.ts'], STEPS, testFilesOf).filter(
      ({ name }) => name === 'lint',
    );
    expect(step?.command?.slice(1)).to.deep.equal(['src/domain/ids.ts']);
  });

  it('runs everything when the dependencies or the runner changed', () => {
    expect(stepsFor(['package-lock.json'], STEPS, testFilesOf)).to.deep.equal(STEPS);
    expect(stepsFor(['scripts/lib/mocha.mjs'], STEPS, testFilesOf)).to.deep.equal(STEPS);
  });

  it('runs nothing when nothing changed', () => {
    expect(stepsFor([], STEPS, testFilesOf)).to.deep.equal([]);
  });
});
