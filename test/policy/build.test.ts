import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { buildPolicy, type BuildOptions, type BuiltBundle } from '../../src/policy/author/build.js';
import { AuthorFailed } from '../../src/policy/author/failed.js';
import { readSourceFolder } from '../../src/policy/author/sources.js';
import { packArchive } from '../../src/policy/bundle/pack.js';
import { createPolicyEngine } from '../../src/policy/serving/engine.js';
import { PROBE_INPUT } from '../../src/policy/serving/probe.js';
import { policyFolder, SMALL_POLICY } from '../support/policy-folder.js';
import { toolchain } from '../support/toolchain.js';
import { opaBinary } from '../support/bundles/opa.js';
import { readJson } from './policy-case.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CASES = join(ROOT, 'test', 'policy', 'cases');

describe('policy build', function () {
  this.timeout(60_000);
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-build-test-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  async function build(
    folder: string,
    options: BuildOptions = {},
    cases?: string,
  ): Promise<BuiltBundle> {
    const sources = await readSourceFolder(
      folder,
      cases === undefined ? {} : { casesFolder: cases },
    );
    return buildPolicy(sources, await toolchain(), options);
  }

  async function failure(folder: string): Promise<AuthorFailed> {
    try {
      await build(folder);
    } catch (error) {
      if (error instanceof AuthorFailed) return error;
      throw error;
    }
    throw new Error('it was built');
  }

  it('makes equal bytes twice, also from another folder', async () => {
    cpSync(join(ROOT, 'rego'), join(dir, 'elsewhere'), { recursive: true });
    const [first, second, moved] = await Promise.all([
      build(join(ROOT, 'rego'), {}, CASES),
      build(join(ROOT, 'rego'), {}, CASES),
      build(join(dir, 'elsewhere'), {}, CASES),
    ]);
    expect(Buffer.from(second.archive).equals(first.archive)).to.equal(true);
    expect(Buffer.from(moved.archive).equals(first.archive)).to.equal(true);
    expect(first.bundle.digest).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  it('carries every line of Rego but the tests, and the cases', async () => {
    const { bundle, files } = await build(join(ROOT, 'rego'), {}, CASES);
    expect(bundle.sources.get('countersign/decision.rego')).to.equal(
      readFileSync(join(ROOT, 'rego/countersign/decision.rego'), 'utf8'),
    );
    expect([...files.keys()].filter((path) => /_test|\.rego$/.test(path))).to.deep.equal([]);
    expect(bundle.cases.get('grants.json')).to.equal(
      readFileSync(join(CASES, 'grants.json'), 'utf8'),
    );
  });

  it('changes its revision with anything in it, and with nothing else', async () => {
    const folder = policyFolder(dir, SMALL_POLICY);
    const { revision } = (await build(folder)).bundle;
    writeFileSync(join(folder, 'README.md'), 'not part of it');
    expect((await build(folder)).bundle.revision).to.equal(revision);
    const more = { 'pay/pay.rego': `${SMALL_POLICY['pay/pay.rego'] ?? ''}\n# a comment\n` };
    policyFolder(dir, more);
    expect((await build(folder)).bundle.revision).to.not.equal(revision);
  });

  it('stamps the compiler, and the sequence and revision only when they are given', async () => {
    const folder = policyFolder(dir, SMALL_POLICY);
    const plain = (await build(folder)).bundle;
    expect(plain.opaVersion).to.equal((await toolchain()).opa.version);
    const manifest = (built: BuiltBundle): { metadata: object } =>
      JSON.parse(String(built.files.get('.manifest'))) as { metadata: object };
    expect(Object.keys(manifest(await build(folder)).metadata)).to.deep.equal([
      'countersign.opa_version',
    ]);
    const named = await build(folder, { sequence: 7, revision: 'r-7' });
    expect(named.bundle).to.include({ sequence: 7, revision: 'r-7' });
  });

  it('takes the entrypoint from its annotation, and decides', async () => {
    const { bundle } = await build(policyFolder(dir, SMALL_POLICY));
    expect([...bundle.modules.keys()]).to.deep.equal(['countersign/decision']);
    const engine = createPolicyEngine();
    await engine.activate(bundle);
    expect((await engine.decide(PROBE_INPUT)).result.effect).to.equal('deny');
  });

  for (const algorithm of ['ES256', 'RS256'] as const) {
    it(`is signed with ${algorithm} as opa verifies it, and only as it is`, async () => {
      const { privateKey, publicKey } =
        algorithm === 'ES256'
          ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
          : generateKeyPairSync('rsa', { modulusLength: 2048 });
      const keyFile = join(dir, 'key.pem');
      writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      writeFileSync(join(dir, 'public.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
      const signing = { algorithm, keyFile, keyId: 'release', scope: 'write' };
      const { archive, files } = await build(policyFolder(dir, SMALL_POLICY), { signing });
      expect([...files.keys()]).to.include.members(['.signatures.json', 'cases/pay.json']);
      writeFileSync(join(dir, 'signed.tar.gz'), archive);
      const verify = (file: string, scope = 'write'): string => {
        const key = ['--verification-key', 'public.pem', '--verification-key-id', 'release'];
        const how = ['--signing-alg', algorithm, '--scope', scope, '-o', 'again.tar.gz'];
        const args = ['build', '-b', file, ...key, ...how];
        const { status, stdout } = spawnSync(opaBinary(), args, { cwd: dir, encoding: 'utf8' });
        return `${String(status)} ${stdout}`;
      };
      expect(verify('signed.tar.gz')).to.equal('0 ');
      expect(verify('signed.tar.gz', 'read')).to.contain('scope mismatch');
      const changed = new Map(files).set('cases/pay.json', Buffer.from('{}'));
      writeFileSync(join(dir, 'changed.tar.gz'), await packArchive(changed));
      expect(verify('changed.tar.gz')).to.contain('cases/pay.json: digest mismatch');
    });
  }

  it('says what does not compile, and where', async () => {
    const folder = policyFolder(dir, {
      ...SMALL_POLICY,
      'pay/more.rego': 'package countersign\n\nx := http.send({})\n',
    });
    const failed = await failure(folder);
    expect(failed.failure).to.equal('compile');
    expect(failed.problems.join('\n')).to.match(/pay\/more\.rego:3.*http\.send/);
  });

  it('says that no rule is the entrypoint', async () => {
    const folder = policyFolder(dir, { 'pay/pay.rego': 'package countersign\n\nx := 1\n' });
    expect((await failure(folder)).problems.join()).to.contain('# entrypoint: true');
  });

  it('refuses cases that are not well-formed, before they are in a bundle', async () => {
    const folder = policyFolder(dir, { ...SMALL_POLICY, 'cases/pay.json': '{"about": 1}' });
    expect((await failure(folder)).problems.join()).to.contain('pay.json at /about');
    policyFolder(dir, { 'cases/data.json': '{"about": "would be the data of the policy"}' });
    expect((await failure(folder)).problems.join()).to.contain('rename it');
  });

  it('leaves out a nested policy with a separate manifest, and files that are not data', async () => {
    const folder = policyFolder(dir, {
      ...SMALL_POLICY,
      'other/.manifest': '{"roots": ["other"]}',
      'other/other.rego': 'package other\n\nx := 1\n',
      'schemas/data.json': '{}',
    });
    const { bundle } = await build(folder);
    expect([...bundle.sources.keys()]).to.deep.equal(['pay/pay.rego']);
    expect(JSON.parse(Buffer.from(bundle.data).toString())).to.deep.equal({});
  });

  it('ends opa at the deadline', async () => {
    const sources = await readSourceFolder(policyFolder(dir, SMALL_POLICY));
    const { opa } = await toolchain();
    const failed: unknown = await buildPolicy(sources, { opa, deadlineMs: 1 }).catch(
      (error: unknown) => error,
    );
    expect(failed).to.include({ name: 'AuthorFailed', failure: 'deadline' });
  });

  it('leaves nothing behind', async () => {
    const { opa } = await toolchain();
    const seen: string[] = [];
    const spy = {
      version: opa.version,
      run: (...[args, options]: Parameters<typeof opa.run>) => {
        seen.push(options.cwd);
        return opa.run(args, options);
      },
    };
    const sources = await readSourceFolder(policyFolder(dir, SMALL_POLICY));
    await buildPolicy(sources, { opa: spy, deadlineMs: 60_000 });
    expect(seen).not.to.deep.equal([]);
    for (const folder of seen) expect(() => readFileSync(join(folder, 'pay/pay.rego'))).to.throw();
  });

  it('makes the bundle that is committed', async () => {
    const { files } = await build(join(ROOT, 'rego'), {}, CASES);
    const committed = readJson(new URL('../../bundles/countersign/.manifest', import.meta.url));
    expect(JSON.parse(String(files.get('.manifest')))).to.deep.equal(committed);
  });
});
