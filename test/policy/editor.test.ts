import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { compileCheck } from '../../src/schema/compile.js';
import { opa } from '../support/bundles/opa.js';
import { EXAMPLE_NAMES, FRAME } from '../../scripts/lib/example-policy.mjs';
import { OPA_TIMEOUT_MS } from './opa-eval.js';
import { withFolder } from './scratch-folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Settings {
  readonly 'json.schemas': readonly {
    readonly fileMatch: readonly string[];
    readonly url: string;
  }[];
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, unknown>;
}

const FILES = ['rego', 'test/policy'].flatMap((folder) =>
  (readdirSync(join(ROOT, folder), { recursive: true }) as string[]).map(
    (path) => `/${folder}/${path}`,
  ),
);

/** Files that VS Code would match: a `*` is within one segment. */
function matching(pattern: string): string[] {
  const shape = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]*');
  return FILES.filter((path) => new RegExp(`^${shape}$`).test(path));
}

/** What opa says of a policy with one more package in it. */
function complaint(folder: string, rego: string): string {
  return withFolder({ 'policy/countersign/extra/extra.rego': rego }, (scratch) => {
    const policy = join(ROOT, folder);
    const sources = folder === 'rego' ? [policy] : [policy, FRAME];
    for (const source of sources) {
      cpSync(join(source, 'countersign'), join(scratch, 'policy/countersign'), { recursive: true });
    }
    cpSync(join(policy, 'schemas'), join(scratch, 'schemas'), { recursive: true });
    cpSync(join(ROOT, 'rego/schemas/input.json'), join(scratch, 'schemas/input.json'));
    try {
      opa(['check', '--strict', '-b', 'policy', '--schema', 'schemas'], { cwd: scratch });
    } catch (error) {
      return String(error);
    }
    return '';
  });
}

describe('the editor settings', function () {
  this.timeout(OPA_TIMEOUT_MS);

  for (const folder of ['rego', ...EXAMPLE_NAMES.map((name) => `rego/examples/${name}`)]) {
    const extra = (path: string): string => `package countersign.extra\n\nx := ${path}\n`;

    it(`a misspelt path of the input, and what it could be, in ${folder}`, () => {
      expect(complaint(folder, extra('input.request.resource'))).to.equal('');
      const said = complaint(folder, extra('input.requst.resource'));
      expect(said).to.contain('undefined ref: input.requst').and.to.contain('"request"');
    });

    it(`a misspelt path of the configuration, in ${folder}`, () => {
      expect(complaint(folder, extra('data.countersign.config.review.approvers'))).to.equal('');
      const said = complaint(folder, extra('data.countersign.config.reviews'));
      expect(said).to.contain('undefined ref: data.countersign.config.reviews');
    });
  }

  const settings = readJson('.vscode/settings.json') as unknown as Settings;
  for (const { fileMatch, url } of settings['json.schemas']) {
    it(`the schema ${url} of ${fileMatch.join(', ')}`, () => {
      const files = fileMatch.flatMap(matching);
      expect(files).not.to.be.empty;
      const check = compileCheck(resolved(url));
      for (const file of files) {
        const document = readJson(file);
        const checked = check(document);
        expect(checked.ok, `${file}: ${JSON.stringify(checked)}`).to.equal(true);
        expect(check({ ...document, nobody_knows: 1 }).ok, file).to.equal(false);
      }
    });
  }

  it('the schema of every file of data in rego', () => {
    const mapped = settings['json.schemas'].flatMap(({ fileMatch }) => fileMatch);
    const data = FILES.filter((path) => /^\/rego\/.*\/data\.json$/.test(path));
    expect(mapped).to.include.members(data);
    expect(data).to.have.length(EXAMPLE_NAMES.length + 1);
  });

  it('the schema of the configuration, in its first line', () => {
    const [first = ''] = readFileSync(join(ROOT, 'countersign.yaml'), 'utf8').split('\n');
    const url = /^# yaml-language-server: \$schema=(\S+)$/.exec(first)?.[1] ?? '';
    expect(readJson(url)).to.have.property('properties');
  });
});

/** A schema with the one reference to another file put in its place, as an editor does. */
function resolved(url: string): object {
  const schema = readJson(url) as { properties: Record<string, { $ref?: string }> };
  const properties = Object.entries(schema.properties).map(([name, one]) => {
    const file = one.$ref?.startsWith('#') === false ? one.$ref : undefined;
    return [name, file === undefined ? one : readJson(join(dirname(url), file))];
  });
  return { ...schema, properties: Object.fromEntries(properties) as object };
}
