import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { EXAMPLE_NAMES, exampleFolder, FRAME } from '../../scripts/lib/example-policy.mjs';
import { buildPolicy } from '../../src/policy/author/build.js';
import { AuthorFailed } from '../../src/policy/author/failed.js';
import { readSourceFolder } from '../../src/policy/author/sources.js';
import { exampleNames, startPolicy } from '../../src/policy/author/starter.js';
import { testPolicy } from '../../src/policy/author/test-policy.js';
import { opa } from '../support/bundles/opa.js';
import { toolchain } from '../support/toolchain.js';

describe('a policy started from an example', function () {
  this.timeout(120_000);
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-starter-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  async function refusal(example: string, folder: string): Promise<AuthorFailed> {
    try {
      await startPolicy(example, folder);
    } catch (error) {
      if (error instanceof AuthorFailed) return error;
      throw error;
    }
    throw new Error('the policy was started');
  }

  it('is one of the examples of the repository', async () => {
    expect(await exampleNames()).to.deep.equal(EXAMPLE_NAMES);
  });

  for (const name of EXAMPLE_NAMES) {
    it(`compiles to what ${name} compiles to with the frame`, async () => {
      const folder = join(dir, 'below', name);
      const files = await startPolicy(name, folder);
      expect(files).to.include.members([
        ...['.manifest', 'README.md', 'countersign/README.md', 'countersign/decision.rego'],
        ...['schemas/input.json', 'schemas/case.json', 'schemas/config.json', 'cases/base.json'],
      ]);
      const own = await buildPolicy(await readSourceFolder(folder), await toolchain());
      const sources = await readSourceFolder(exampleFolder(name), { withFolders: [FRAME] });
      const example = await buildPolicy(sources, await toolchain());
      for (const path of example.files.keys()) {
        if (path === '.manifest' || path.startsWith('cases/')) continue;
        expect(own.files.get(path)?.equals(example.files.get(path) ?? Buffer.of()), path).to.be
          .true;
      }
      expect([...own.files.keys()]).to.deep.equal([...example.files.keys()]);
    });
  }

  it('passes its tests, and an editor finds its schemas', async () => {
    const folder = join(dir, 'payments');
    const files = await startPolicy('payments', folder);
    const tested = await testPolicy(await readSourceFolder(folder), await toolchain());
    expect(tested.ok, JSON.stringify(tested.steps)).to.equal(true);
    opa(['check', '--strict', '-b', '.', '--schema', 'schemas'], { cwd: folder });
    for (const path of files.filter((one) => one.startsWith('cases/'))) {
      const { $schema } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as Record<
        string,
        string
      >;
      expect($schema, path).to.equal('../schemas/case.json');
    }
  });

  it('goes into an empty folder, and into no other place', async () => {
    const folder = join(dir, 'mine');
    mkdirSync(folder);
    await startPolicy('payments', folder);
    const { failure, message } = await refusal('payments', folder);
    expect(failure).to.equal('sources');
    expect(message).to.contain('is not empty');
    const kept = join(dir, 'kept');
    mkdirSync(kept);
    writeFileSync(join(kept, '.gitkeep'), '');
    expect((await refusal('payments', kept)).message).to.contain('is not empty');
    const file = join(dir, 'file');
    writeFileSync(file, 'mine');
    for (const place of [file, join(file, 'below')]) {
      expect((await refusal('payments', place)).problems, place).to.deep.equal([
        'it is not a folder',
      ]);
    }
    expect(readFileSync(file, 'utf8')).to.equal('mine');
  });

  it('is no example that does not exist, nor a path', async () => {
    for (const name of ['nothing', '..', '../frame', 'payments/cases', '']) {
      const { problems } = await refusal(name, join(dir, 'new'));
      expect(problems, name).to.deep.equal(['the examples are database, payments, research-team']);
    }
  });
});
