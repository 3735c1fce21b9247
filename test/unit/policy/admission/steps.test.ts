import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { admitBundle } from '../../../../src/policy/admission/admit-bundle.js';
import { STEP_NAMES } from '../../../../src/policy/admission/step-runner.js';
import { packArchive } from '../../../../src/policy/bundle/pack.js';
import { readBundle } from '../../../../src/policy/bundle/read.js';
import {
  admitPolicy as admit,
  failedSteps,
  FEW_INPUTS,
  runPolicySteps,
  searchPolicy,
  SMALL_INPUTS,
  stepOf,
} from './policies.js';

const DEFAULT = fileURLToPath(new URL('../../../../bundles/countersign', import.meta.url));
const CASES = new URL('../../../policy/cases/', import.meta.url);

const admitPolicy: typeof admit = (source, options) =>
  admit(source, { ...SMALL_INPUTS, ...options });

const runSmall: typeof runPolicySteps = (source, options) =>
  runPolicySteps(source, { ...SMALL_INPUTS, ...options });

/** The default bundle with these files instead of its cases. */
async function archiveWith(more: Readonly<Record<string, string>> = {}): Promise<Uint8Array> {
  const { files: all } = await readBundle(DEFAULT, { verification: 'off' });
  const files = [...all].filter(([path]) => !path.startsWith('cases/'));
  const added = Object.entries(more).map(([path, text]) => [path, Buffer.from(text)] as const);
  return packArchive(new Map([...files, ...added]));
}

function defaultCases(): Record<string, string> {
  const names = readdirSync(CASES).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(
    names.map((name) => [`cases/${name}`, readFileSync(new URL(name, CASES), 'utf8')]),
  );
}

describe('the steps of admission', function () {
  this.timeout(120_000);

  it('all pass for the default policy with its cases', async () => {
    const { digest } = await readBundle(DEFAULT, { verification: 'off' });
    const cases = { ...defaultCases(), 'sources/more.rego.txt': 'package more' };
    const report = await admitBundle(await archiveWith(cases), FEW_INPUTS);
    expect(report.ok, JSON.stringify(report.steps)).to.equal(true);
    expect(report.steps.map(({ name }) => name)).to.deep.equal(STEP_NAMES);
    expect(report.digest)
      .to.match(/^sha256:[0-9a-f]{64}$/)
      .and.not.equal(digest);
    expect(stepOf(report, 'cases').detail).to.match(/^[1-9][0-9]+ cases in [1-9][0-9]* files$/);
  });

  it('say that a bundle carries no cases', async () => {
    const report = await admitBundle(await archiveWith(), SMALL_INPUTS);
    expect(report.ok, JSON.stringify(report.steps)).to.equal(true);
    expect(stepOf(report, 'cases').detail).to.include('carries no cases');
  });

  it('refuse a case that the WASM answers otherwise, and say how', async () => {
    const cases = defaultCases();
    const grants = cases['cases/grants.json'] ?? '';
    cases['cases/grants.json'] = grants.replace('"ttl_seconds": 300', '"ttl_seconds": 299');
    const report = await admitBundle(await archiveWith(cases), SMALL_INPUTS);
    expect(failedSteps(report)).to.deep.equal(['cases']);
    const { problems = [] } = stepOf(report, 'cases');
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^grants\.json: one scope: ttl_seconds: expected 299, got 300$/);
  });

  it('refuse cases that cannot be read', async () => {
    const report = await admitBundle(
      await archiveWith({ 'cases/x.json': '{"about": 1}' }),
      SMALL_INPUTS,
    );
    expect(failedSteps(report)).to.deep.equal(['cases']);
  });

  it('refuse a lower sequence than the highest that was active, unless it is let through', async () => {
    const metadata = { 'countersign.opa_version': '1.22.2', 'countersign.sequence': 4 };
    const source = { rego: searchPolicy(), metadata };
    const older = await runSmall(source, { highestSequence: 5 });
    expect(failedSteps(older)).to.deep.equal(['bundle']);
    expect(stepOf(older, 'bundle').problems?.[0]).to.match(/^downgrade: its sequence is 4, and 5/);
    expect((await runSmall(source, { highestSequence: 4 })).ok).to.equal(true);
    expect((await runSmall(source)).ok).to.equal(true);
  });

  it('refuse what the options of the bundle refuse, and leave the other steps out', async () => {
    const limits = { compressedBytes: 100, unpackedBytes: 100, entries: 1, pathChars: 10 };
    const report = await admitPolicy(
      { rego: searchPolicy() },
      { bundle: { verification: 'off', limits } },
    );
    expect(failedSteps(report)).to.deep.equal(['bundle']);
    expect(report.steps.map(({ name }) => name)).to.deep.equal(STEP_NAMES);
    expect(
      report.steps.slice(1).every(({ detail }) => detail.startsWith('skipped: bundle')),
    ).to.equal(true);
    expect(report).not.to.have.property('digest');
  });

  it('refuse json.is_valid, which breaks memory, in a bundle that plain opa build made', async () => {
    const report = await admitPolicy({
      builtins: [{ name: 'json.is_valid', arity: 1 }],
      rego: searchPolicy({ when: 'json.is_valid(input.agent.id)' }),
    });
    expect(failedSteps(report)).to.deep.equal(['module']);
    expect(stepOf(report, 'module').problems?.join()).to.match(/unsafe_builtin: .*json\.is_valid/);
  });

  it('give an input that is granted, for the known answer', async () => {
    const { known_input: known } = await admitPolicy({ rego: searchPolicy() });
    expect(known?.effect).to.equal('allow');
    expect(known?.input.request.resource).to.equal('library');
  });

  it('give one that is denied with reasons where nothing is granted', async () => {
    const { known_input: known } = await admitPolicy({ rego: searchPolicy({ when: 'false' }) });
    expect(known?.effect).to.equal('deny');
  });

  it('refuse a bundle without the entrypoint, and name what it has', async () => {
    const report = await admitPolicy({ rego: searchPolicy() }, { entrypoint: 'countersign/other' });
    expect(stepOf(report, 'module').problems).to.deep.equal([
      'entrypoint_missing: no countersign/other; it has: countersign/decision',
    ]);
  });

  it('refuse an ordinary evaluation over its limit', async () => {
    const rego = searchPolicy({ when: 'count(numbers.range(1, 20000)) > 0' });
    const report = await runSmall({ rego }, { evaluationMaxMs: 1, inputs: 1 });
    expect(failedSteps(report)).to.include('budget');
    const [problem] = stepOf(report, 'budget').problems ?? [];
    expect(problem).to.match(/^an ordinary input: .* takes .* ms; at most 1\.00 ms should$/);
  });
});
