import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { buildPolicy } from '../../src/policy/author/build.js';
import { checkPolicy } from '../../src/policy/author/check/check-policy.js';
import { AuthorFailed } from '../../src/policy/author/failed.js';
import { readSourceFolder, type FolderOptions } from '../../src/policy/author/sources.js';
import { testPolicy } from '../../src/policy/author/test-policy.js';
import { DEFAULT_BUNDLE_LIMITS } from '../../src/policy/bundle/members.js';
import { SMALL_POLICY } from '../support/policy-folder.js';
import { toolchain } from '../support/toolchain.js';

const HELPER = 'package countersign.lib\n\nready if true\n';
const HELPER_TEST = 'package countersign.lib_test\n\ntest_ready if data.countersign.lib.ready\n';
const USER = (SMALL_POLICY['pay/pay.rego'] ?? '').replace(
  'input.request.resource ==',
  'data.countersign.lib.ready\n\tinput.request.resource ==',
);
const MAIN: Readonly<Record<string, string>> = { ...SMALL_POLICY, 'pay/pay.rego': USER };

describe('folders added to a policy', function () {
  this.timeout(60_000);
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-with-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  function write(folder: string, files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) {
      const file = join(dir, folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return join(dir, folder);
  }

  async function failure(folder: string, options: FolderOptions): Promise<AuthorFailed> {
    try {
      await readSourceFolder(folder, options);
    } catch (error) {
      if (error instanceof AuthorFailed) return error;
      throw error;
    }
    throw new Error('the folders were read');
  }

  it('make the bytes that one folder with all files makes', async () => {
    const main = write('main', MAIN);
    const lib = write('lib', { 'lib/lib.rego': HELPER, '.manifest': '{"roots":["other"]}' });
    const whole = write('whole', { ...MAIN, 'lib/lib.rego': HELPER });
    const opa = await toolchain();
    const added = await buildPolicy(await readSourceFolder(main, { withFolders: [lib] }), opa);
    const copied = await buildPolicy(await readSourceFolder(whole), opa);
    expect(Buffer.from(added.archive).equals(copied.archive)).to.equal(true);
    expect(added.bundle.sources.get('lib/lib.rego')).to.equal(HELPER);
  });

  it('are tested with the policy', async () => {
    const main = write('main', MAIN);
    const lib = write('lib', { 'lib.rego': HELPER, 'lib_test.rego': HELPER_TEST });
    const sources = await readSourceFolder(main, { withFolders: [lib] });
    const { ok, steps } = await testPolicy(sources, await toolchain());
    expect(ok, JSON.stringify(steps)).to.equal(true);
    expect(steps.find(({ name }) => name === 'rego_tests')?.detail).to.equal('3 of 3 passed');
  });

  it('may hold all the Rego, and be several', async () => {
    const { 'cases/pay.json': cases = '', ...rego } = MAIN;
    const main = write('main', { 'cases/pay.json': cases });
    const withFolders = [write('one', rego), write('two', { 'lib.rego': HELPER })];
    const sources = await readSourceFolder(main, { withFolders });
    expect([...sources.rego.keys()]).to.have.members(['pay/pay.rego', 'lib.rego']);
    expect([...sources.cases.keys()]).to.deep.equal(['pay.json']);
  });

  it('pass the checks of the policy: a builtin that is not allowed, by file and line', async () => {
    const main = write('main', MAIN);
    const reaching = `${HELPER}\nx := http.send({})\n`;
    const lib = write('lib', { 'lib.rego': reaching });
    const sources = await readSourceFolder(main, { withFolders: [lib] });
    const { ok, findings } = await checkPolicy(sources, await toolchain());
    expect(ok).to.equal(false);
    expect(findings).to.deep.include.members([{ ...findings[0], file: 'lib.rego', line: 5 }]);
    expect(findings[0]?.rule).to.equal('builtin');
    const refused = await buildPolicy(sources, await toolchain()).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(AuthorFailed).with.property('failure', 'compile');
  });

  it('pass the checks of the policy: ids of rules, known in all folders and nowhere else', async () => {
    const main = write('main', MAIN);
    const named = (rule: string): string => `${HELPER}\nsaid := {"rule": "${rule}"}\n`;
    const lib = write('lib', { 'known.rego': named('pay.read') });
    const opa = await toolchain();
    const known = await checkPolicy(await readSourceFolder(main, { withFolders: [lib] }), opa);
    expect(known.findings).to.deep.equal([]);
    write('lib', { 'known.rego': named('lib.unknown') });
    const unknown = await checkPolicy(await readSourceFolder(main, { withFolders: [lib] }), opa);
    expect(unknown.findings.map(({ rule, file }) => `${rule} ${file}`)).to.deep.equal([
      'rule-id known.rego',
    ]);
  });

  it('cannot define a rule of the policy a second time', async () => {
    const main = write('main', MAIN);
    const lib = write('lib', {
      'lib.rego': HELPER,
      'more.rego': 'package countersign\n\ndefault decision := {"effect": "allow"}\n',
    });
    const sources = await readSourceFolder(main, { withFolders: [lib] });
    const refused = (await buildPolicy(sources, await toolchain()).catch(
      (error: unknown) => error,
    )) as AuthorFailed;
    expect(refused.failure).to.equal('compile');
    expect(refused.problems.join('\n')).to.contain('multiple default rules');
  });

  it('cannot replace a file of the policy, nor of another folder', async () => {
    const main = write('main', MAIN);
    const lib = write('lib', { 'pay/pay.rego': HELPER, 'lib.rego': HELPER });
    const said = await failure(main, { withFolders: [lib] });
    expect(said.failure).to.equal('sources');
    expect(said.message).to.contain(lib);
    expect(said.problems).to.deep.equal([
      'pay/pay.rego: the policy has a file with this path already',
    ]);
    const [one, two] = [write('one', { 'a.rego': HELPER }), write('two', { 'a.rego': HELPER })];
    expect((await failure(main, { withFolders: [one, two] })).message).to.contain(two);
    expect((await failure(main, { withFolders: [main] })).failure).to.equal('sources');
  });

  it('hold Rego only: data, schemas and cases are refused, each by name', async () => {
    const main = write('main', MAIN);
    const lib = write('lib', {
      'lib.rego': HELPER,
      'lib/data.json': '{}',
      'schemas/config.json': '{}',
      'cases/a.json': '{}',
    });
    const { problems } = await failure(main, { withFolders: [lib] });
    expect(problems).to.deep.equal(
      ['lib/data.json', 'schemas/config.json', 'cases/a.json'].map(
        (path) => `${path}: an added folder may hold Rego only`,
      ),
    );
  });

  it('must be there, be folders and hold Rego', async () => {
    const main = write('main', MAIN);
    const empty = write('empty', { 'README.md': '' });
    expect((await failure(main, { withFolders: [join(dir, 'no')] })).problems).to.deep.equal([
      'it does not exist',
    ]);
    const file = join(main, 'pay', 'pay.rego');
    expect((await failure(main, { withFolders: [file] })).problems).to.deep.equal([
      'it is not a folder',
    ]);
    expect((await failure(main, { withFolders: [empty] })).problems).to.deep.equal([
      'it has no Rego files',
    ]);
  });

  it('have links, hidden files and other policies below left alone', async () => {
    const main = write('main', MAIN);
    const lib = write('lib', {
      'lib.rego': HELPER,
      '.hidden.rego': HELPER,
      'other/.manifest': '{}',
      'other/other.rego': HELPER,
    });
    const outside = write('outside', { 'secret.rego': HELPER });
    symlinkSync(join(outside, 'secret.rego'), join(lib, 'file.rego'));
    symlinkSync(outside, join(lib, 'folder'));
    const { rego } = await readSourceFolder(main, { withFolders: [lib] });
    expect([...rego.keys()]).to.have.members(['pay/pay.rego', 'lib.rego']);
  });

  it('keep no other policy of the main folder out by their own manifests', async () => {
    const main = write('main', { ...MAIN, 'lib/own.rego': HELPER });
    const lib = write('lib', { 'a.rego': HELPER, 'lib/.manifest': '{}' });
    const { rego } = await readSourceFolder(main, { withFolders: [lib] });
    expect([...rego.keys()]).to.include('lib/own.rego');
  });

  it('share the limits on size and number of files with the policy', async () => {
    const main = write('main', MAIN);
    const lib = write('lib', { 'lib.rego': HELPER });
    const files = Object.keys(MAIN).length;
    const bytes = Object.values(MAIN).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const read = (limits: object): Promise<AuthorFailed> =>
      failure(main, { withFolders: [lib], limits: { ...DEFAULT_BUNDLE_LIMITS, ...limits } });
    expect((await read({ entries: files })).problems).to.deep.equal([
      `more than ${String(files)} entries`,
    ]);
    const unpackedBytes = bytes + HELPER.length - 1;
    expect((await read({ unpackedBytes })).problems).to.deep.equal([
      `more than ${String(unpackedBytes)} bytes unpacked`,
    ]);
    await readSourceFolder(main, {
      withFolders: [lib],
      limits: {
        ...DEFAULT_BUNDLE_LIMITS,
        entries: files + 1,
        unpackedBytes: bytes + HELPER.length,
      },
    });
  });
});
