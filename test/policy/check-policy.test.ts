import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { buildPolicy } from '../../src/policy/author/build.js';
import { checkBundle, isBundle } from '../../src/policy/author/check/check-bundle.js';
import { checkPolicy } from '../../src/policy/author/check/check-policy.js';
import { LINT_RULES } from '../../src/domain/policy-author.js';
import { readSourceFolder } from '../../src/policy/author/sources.js';
import { packArchive } from '../../src/policy/bundle/pack.js';
import { policyFolder, SMALL_POLICY } from '../support/policy-folder.js';
import { toolchain } from '../support/toolchain.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REGO = SMALL_POLICY['pay/pay.rego'] ?? '';
/** Line of the first rule that is added to it. */
const NEXT = REGO.split('\n').length + 1;
const GRANT =
  '{"effect": "allow", "grant": {"scopes": input.request.scopes, "ttl_seconds": 60}, "reasons": [], "obligations": []}';

describe('policy check', function () {
  this.timeout(60_000);
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-check-test-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  async function check(
    files: Readonly<Record<string, string>>,
    entrypoint?: string,
  ): Promise<string[]> {
    const folder = policyFolder(dir, { ...SMALL_POLICY, ...files });
    const how = entrypoint === undefined ? {} : { entrypoint };
    const { ok, findings } = await checkPolicy(
      await readSourceFolder(folder),
      await toolchain(),
      how,
    );
    expect(ok).to.equal(findings.every(({ severity }) => severity === 'warning'));
    return findings.map(
      ({ file, line, rule, severity, message }) =>
        `${file}:${String(line)} ${severity} ${rule}: ${message}`,
    );
  }

  /** What is found when rules are added to a policy in which nothing is. */
  const adding = (...lines: readonly string[]): Promise<string[]> =>
    check({ 'pay/pay.rego': [REGO, ...lines, ''].join('\n') });

  it('finds nothing in the default policy, in its bundle, and in a small policy', async () => {
    const { opa, deadlineMs } = await toolchain();
    const policy = await readSourceFolder(join(ROOT, 'rego'));
    expect((await checkPolicy(policy, { opa, deadlineMs })).findings).to.deep.equal([]);
    const bundle = join(ROOT, 'bundles', 'countersign');
    expect(await isBundle(bundle)).to.equal(true);
    expect((await checkBundle(bundle, { opa, deadlineMs })).findings).to.deep.equal([]);
    expect(await check({})).to.deep.equal([]);
  });

  it('parse: every file that is no Rego', async () => {
    const broken = 'package countersign\n\nx := {\n';
    const found = await check({ 'a.rego': broken, 'b.rego': broken });
    expect(found.join('\n'))
      .to.match(/^a\.rego:4 error parse: /m)
      .and.match(/^b\.rego:4 error parse: /m);
  });

  it('types: what opa finds, with the input typed by the service', async () => {
    const found = await adding('x := input.request.scope');
    expect(found).to.have.length(1);
    expect(found[0]).to.match(
      new RegExp(`^pay/pay.rego:${String(NEXT)} error types: undefined ref: input.request.scope`),
    );
  });

  it('builtin: each one that is missing, with its line, in every file', async () => {
    const found = await check({
      'pay/pay.rego': `${REGO}\nx := http.send({})\n\ny := [z | z := time.now_ns()]\n`,
      'more.rego':
        'package countersign.more\n\nz if rand.intn("a", 3) == 1\n\nv if json.is_valid("true")\n',
    });
    expect(found).to.deep.equal([
      'more.rego:3 error builtin: rand.intn is not available when the policy runs',
      'more.rego:5 error builtin: json.is_valid is not available when the policy runs',
      `pay/pay.rego:${String(NEXT)} error builtin: http.send is not available when the policy runs`,
      `pay/pay.rego:${String(NEXT + 2)} error builtin: time.now_ns is not available when the policy runs`,
    ]);
  });

  it('entrypoint: none of that name, and one that is not marked', async () => {
    expect((await check({}, 'pay/decision')).join('\n')).to.contain(
      'error entrypoint: there is no rule pay.decision; entrypoints are countersign.decision',
    );
    const unmarked = REGO.replace('# entrypoint: true\n', '');
    expect((await check({ 'pay/pay.rego': unmarked })).join('\n')).to.contain(
      'error entrypoint: countersign.decision is not marked',
    );
  });

  it('entrypoint-default: no default, and one that does not deny', async () => {
    const start = REGO.indexOf('default decision');
    const end = REGO.indexOf('# METADATA\n# title: Reading');
    const without = REGO.slice(0, REGO.indexOf('# METADATA\n# title: Denied')) + REGO.slice(end);
    expect((await check({ 'pay/pay.rego': without })).join('\n')).to.contain(
      'error entrypoint-default: countersign.decision has no default',
    );
    const open = REGO.slice(0, start) + REGO.slice(start).replace('"deny"', '"allow"');
    expect((await check({ 'pay/pay.rego': open })).join('\n')).to.match(
      /pay\.rego:11 error entrypoint-default: the default of countersign\.decision does not deny/,
    );
  });

  for (const [body, more] of [
    ['not denied', 'denied if input.request.ttl_seconds > 60'],
    ['count(denials) == 0', 'denials contains 1 if input.agent.id == "a"'],
    ['fine', 'fine if not denied\n\ndenied if input.request.ttl_seconds > 60'],
  ] as const) {
    it(`deny-only: a grant that hangs on \`${body}\` alone`, async () => {
      const found = await adding(`decision := ${GRANT} if ${body}`, '', more);
      expect(found.join('\n'))
        .to.contain(`pay/pay.rego:${String(NEXT)} error deny-only: `)
        .and.match(
          new RegExp(
            `pay/pay.rego:${String(NEXT + (body === 'fine' ? 4 : 2))} warning deny-on-input`,
          ),
        );
    });
  }

  it('deny-only: not a grant that also wants something of the request', async () => {
    const found = await adding(
      `decision := ${GRANT} if {`,
      '	input.request.resource == "shop"',
      '	not refused',
      '}',
      '',
      'refused if input.request.ttl_seconds > 60',
    );
    expect(found).to.deep.equal([]);
  });

  it('result-shape: what is written and not in the contract', async () => {
    const wrong =
      '{"effect": "permit", "grants": {}, "reasons": [{"rule": "pay.read"}], "obligations": "none"}';
    const found = (await adding(`decision := ${wrong} if input.request.resource == "x"`)).join(
      '\n',
    );
    expect(found)
      .to.contain('effect must be one of allow, narrow, review, deny')
      .and.contain('the decision has no member grants')
      .and.contain('an item of reasons has no code')
      .and.contain('obligations must be of type array');
  });

  it('regex-cost: counted classes, and repeated repetitions', async () => {
    const found = await adding(
      'a if regex.match(`^\\p{L}{1,100}$`, input.agent.id)',
      '',
      'words := `^(\\pL{1,100}){1,9}$`',
      '',
      'b if regex.match(words, input.agent.id)',
      '',
      'c if regex.match(`^(a+)+$`, input.agent.id)',
      '',
      'd if regex.match(`^[a-z][a-z0-9-]{0,62}$`, input.agent.id)',
    );
    expect(found.map((one) => one.replace(/about \d+ states.*/, 'states'))).to.deep.equal([
      `pay/pay.rego:${String(NEXT)} warning regex-cost: the pattern becomes states`,
      `pay/pay.rego:${String(NEXT + 4)} error regex-cost: the pattern becomes states`,
      `pay/pay.rego:${String(NEXT + 6)} warning regex-cost: the pattern repeats a repetition`,
    ]);
  });

  it('pattern-source: patterns of the input, and those that are not constant', async () => {
    const found = await adding(
      'a if regex.match(input.agent.id, "x")',
      '',
      'b if {',
      '	some scope in input.request.scopes',
      '	glob.match(scope, [], "x")',
      '}',
      '',
      'c if glob.match(data.patterns.one, [], input.agent.id)',
      '',
      'd if {',
      '	pattern := "a*"',
      '	glob.match(pattern, [], input.agent.id)',
      '}',
    );
    expect(found.map((one) => one.split(': ')[0])).to.deep.equal([
      `pay/pay.rego:${String(NEXT)} error pattern-source`,
      `pay/pay.rego:${String(NEXT + 4)} error pattern-source`,
      `pay/pay.rego:${String(NEXT + 7)} warning pattern-source`,
    ]);
  });

  it('data-size and data-number: what does not fit, and what is rounded', async () => {
    const found = await check({
      'pay/pay.rego': `${REGO}\nbig := 9007199254740993\n`,
      'data.json':
        '{\n  "text": "9007199254740993",\n  "n": 9007199254740993, "fine": 1234567890123456\n}',
      'big/data.json': JSON.stringify('x'.repeat(1_100_000)),
    });
    expect(found.map((one) => one.split(': ')[0])).to.deep.equal([
      'big/data.json:1 warning data-size',
      'data.json:3 error data-number',
      `pay/pay.rego:${String(NEXT)} error data-number`,
    ]);
  });

  it('rule-id: a result that names no rule', async () => {
    const found = await check({
      'pay/pay.rego': REGO.replace('"rule": "pay.read"', '"rule": "pay.reed"'),
    });
    expect(found.join('\n')).to.match(
      /^pay\/pay\.rego:\d+ warning rule-id: no rule has the id pay\.reed$/,
    );
  });

  it('bundle: a policy that cannot decide, at the rule that should', async () => {
    const computed = '{"effect": lower("PERMIT"), "reasons": [], "obligations": []}';
    const found = await adding(
      `decision := ${computed} if input.request.resource == "countersign-probe"`,
    );
    expect(found.join('\n')).to.contain('error bundle: decision on the probe/effect');
  });

  it('sources: a bundle that carries none, or others than it was compiled from', async () => {
    const sources = await readSourceFolder(policyFolder(dir, SMALL_POLICY));
    const { files } = await buildPolicy(sources, await toolchain());
    const found = async (changed: ReadonlyMap<string, Buffer>): Promise<string[]> => {
      const file = join(dir, 'b.tar.gz');
      writeFileSync(file, await packArchive(changed));
      const { findings } = await checkBundle(file, await toolchain());
      return findings.map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
    };
    expect(await found(files)).to.deep.equal([]);
    const bare = new Map([...files].filter(([path]) => !path.startsWith('sources/')));
    expect((await found(bare)).join()).to.contain('warning sources: the bundle has no sources');
    const text = REGO.replace('"bank"', '"shop"');
    const forged = new Map(files).set('sources/pay/pay.rego.txt', Buffer.from(text));
    expect((await found(forged)).join()).to.contain(
      'error sources: countersign/decision was not compiled from',
    );
    const cut = new Map(files).set('policy.wasm', Buffer.from('no wasm'));
    expect((await found(cut)).join()).to.contain('it is not a valid module');
  });

  it('has an item in the documents for each rule', () => {
    const page = readFileSync(join(ROOT, 'docs', 'policy', 'tools.md'), 'utf8');
    for (const rule of LINT_RULES) expect(page).to.contain(`\n- \`${rule}\`: `);
  });

  it('leaves the folder it reads as it is', async () => {
    await check({});
    expect(readdirSync(join(dir, 'policy')).sort()).to.deep.equal(['cases', 'pay']);
  });
});
