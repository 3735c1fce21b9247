import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AuthorFailed } from '../../src/policy/author/failed.js';
import type { TestReport } from '../../src/domain/policy-author.js';
import { readSourceFolder } from '../../src/policy/author/sources.js';
import { testPolicy, type TestOptions } from '../../src/policy/author/test-policy.js';
import type { Toolchain } from '../../src/policy/author/workspace.js';
import { policyFolder, SMALL_POLICY } from '../support/policy-folder.js';
import { toolchain } from '../support/toolchain.js';

const REGO = SMALL_POLICY['pay/pay.rego'] ?? '';
const TESTS = SMALL_POLICY['pay/pay_test.rego'] ?? '';
const NO_TESTS = { coveragePercent: 0 };

describe('policy test', function () {
  this.timeout(60_000);
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-test-test-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  async function test(
    changed: Readonly<Record<string, string>>,
    options: TestOptions = {},
    how: Partial<Toolchain> = {},
  ): Promise<TestReport> {
    const folder = policyFolder(dir, { ...SMALL_POLICY, ...changed });
    return testPolicy(await readSourceFolder(folder), { ...(await toolchain()), ...how }, options);
  }

  function problems({ steps }: TestReport, name: string): string {
    const step = steps.find((one) => one.name === name);
    return step?.ok === false ? (step.problems ?? []).join('\n') : '';
  }

  it('passes, step by step', async () => {
    const report = await test({});
    expect(report.ok, JSON.stringify(report.steps)).to.equal(true);
    expect(report.steps.map(({ name }) => name)).to.deep.equal([
      'compile',
      'rego_tests',
      'coverage',
      'cases',
      'differential',
    ]);
    expect(report.coverage_percent).to.equal(100);
    expect(report.revision).to.match(/^[0-9a-f]{32}$/);
  });

  it('fails with the case, what it expected and what it got', async () => {
    const report = await test({
      'pay/pay.rego': REGO.replace('"ttl_seconds": 60', '"ttl_seconds": 90'),
    });
    expect(report.ok).to.equal(false);
    expect(report.failed_cases).to.deep.equal([
      { file: 'pay.json', name: 'reading', problems: ['ttl_seconds: expected 60, got 90'] },
    ]);
    expect(problems(report, 'cases')).to.equal(
      'pay.json: reading: ttl_seconds: expected 60, got 90',
    );
  });

  it('fails with the Rego test, its line and the values', async () => {
    const report = await test({ 'pay/pay_test.rego': TESTS.replace('"allow"', '"review"') });
    expect(problems(report, 'rego_tests'))
      .to.match(/^pay\/pay_test\.rego:5: test_read: failed/)
      .and.contain('countersign.decision.effect == "review"');
    expect(report.steps.map(({ name }) => name)).to.not.include('coverage');
    expect(report.coverage_percent).to.equal(undefined);
  });

  it('fails below the threshold with the lines that no test ran; tests do not cover themselves', async () => {
    const one = TESTS.slice(0, TESTS.indexOf('test_denied')).replace('"allow"', '"deny"');
    const padding = `\ntest_padding if {\n${'\t1 == 1\n'.repeat(400)}}\n`;
    const report = await test({
      'pay/pay_test.rego': `${one.replace('"bank"', '"shop"')}${padding}`,
    });
    expect(problems(report, 'coverage')).to.match(/pay\/pay\.rego:\d+(-\d+)?: no test runs this/);
    expect(report.coverage_percent).to.be.within(1, 94);
  });

  it('fails without a Rego test or without a case: nothing was shown', async () => {
    const none = {
      'pay/pay_test.rego': 'package countersign_test\n',
      'cases/pay.json': '{"about": "a"}',
    };
    const report = await test(none);
    expect(problems(report, 'rego_tests')).to.contain('_test.rego');
    expect(problems(report, 'cases')).to.contain('cases/*.json');
  });

  it('says what does not compile as a failed step', async () => {
    const report = await test({ 'pay/pay.rego': `${REGO}\nx := nowhere(1)\n` });
    expect(report).to.deep.include({ ok: false, failed_cases: [] });
    expect(problems(report, 'compile')).to.contain('undefined function nowhere');
  });

  it('tells a builtin that fails in WASM from a decision', async () => {
    const rego = REGO.replace(
      'input.request.scopes == ["read"]',
      'time.parse_rfc3339_ns(input.agent.id) > 0',
    );
    const report = await test({ 'pay/pay.rego': rego }, NO_TESTS);
    expect(problems(report, 'cases')).to.contain('pay.json: reading: the engine failed');
  });

  it('fails when the entrypoint is another one, naming those that are there', async () => {
    const report = await test({}, { ...NO_TESTS, entrypoint: 'pay/decision' });
    expect(problems(report, 'cases')).to.contain('it has: countersign/decision');
  });

  it('cannot be used to call out or to read the environment of a server', async () => {
    process.env['COUNTERSIGN_TEST_CANARY'] = 'canary';
    for (const call of ['http.send({"url": "http://127.0.0.1:9"})', 'opa.runtime().env']) {
      const more = `${TESTS}\ntest_reaching_out if print(${call})\n`;
      const report = await test({ 'pay/pay_test.rego': more });
      delete process.env['COUNTERSIGN_TEST_CANARY'];
      expect(problems(report, 'rego_tests')).to.contain('undefined function');
      expect(JSON.stringify(report)).to.not.contain('canary');
    }
  });

  it('gives opa nothing of our environment', async () => {
    process.env['COUNTERSIGN_TEST_CANARY'] = 'canary';
    const { opa } = await toolchain();
    const run = await opa.run(['eval', 'opa.runtime().env'], { cwd: dir });
    delete process.env['COUNTERSIGN_TEST_CANARY'];
    expect(run.stdout).to.contain('PATH').and.not.contain('canary');
  });

  it('ends a Rego test and a case that never end', async () => {
    const endless =
      'count([1 | some i in numbers.range(1, 40000); some j in numbers.range(1, 40000); i + j == -1]) == 0';
    const late = async (changed: Readonly<Record<string, string>>): Promise<unknown> =>
      test(changed, NO_TESTS, { deadlineMs: 3000 }).catch((error: unknown) => error);
    const inTest = await late({ 'pay/pay_test.rego': `${TESTS}\ntest_endless if ${endless}\n` });
    expect(inTest).to.be.instanceOf(AuthorFailed).and.include({ failure: 'deadline' });
    const rego = REGO.replace('input.request.scopes == ["read"]', endless);
    rmSync(join(dir, 'policy'), { recursive: true });
    const inCase = await late({ 'pay/pay.rego': rego, 'pay/pay_test.rego': '' });
    expect(inCase).to.include({ failure: 'deadline' });
  });

  it('ends a case that uses up its fuel, and decides the next with the same request', async () => {
    const spelled = `
endless if {
	input.signals.anomaly > 0.5
	strings.reverse(input.request.scopes[0]) == "daer"
}

never if replace(input.request.scopes[0], "", "y") == input.request.session_id
`;
    const rego = REGO.replace(
      'input.request.scopes == ["read"]',
      'input.request.scopes == ["read"]\n\tnot odd',
    );
    const cases = ['odd', 'usual'].map((name) => ({
      ...{ name, ask: { resource: 'bank', scopes: ['read'] } },
      input: { signals: { anomaly: name === 'odd' ? 0.9 : 0 } },
      expect: { effect: 'allow', ttl_seconds: 60 },
    }));
    const report = await test(
      {
        'pay/pay.rego': `${rego}${spelled}\nodd if {\n\tendless\n\tnever\n}\n`,
        'pay/pay_test.rego': '',
        'cases/pay.json': JSON.stringify({
          ...(JSON.parse(SMALL_POLICY['cases/pay.json'] ?? '{}') as object),
          cases,
        }),
      },
      NO_TESTS,
    );
    const failed = report.failed_cases.map(({ name }) => name);
    expect(failed, JSON.stringify(report)).to.deep.equal(['odd']);
    expect(problems(report, 'cases')).to.match(/odd: .*fuel|odd: .*budget/);
  });
});
