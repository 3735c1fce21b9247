import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { readDemoFile, writeDemoFile } from '../../../src/config/demo-file.js';
import { SETTINGS } from '../../../src/config/environment.js';
import { loadConfig } from '../../../src/config/load.js';
import { publishedSchema } from '../../../src/config/published.js';
import { resolveSecrets } from '../../../src/config/secrets.js';

const root = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('files of the data folder', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-config-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });
  const config = () => loadConfig({ COUNTERSIGN_DATA_DIR: join(dir, 'data') }, () => undefined);

  it('makes the local secrets once, readable by their owner only', async () => {
    const first = await resolveSecrets(config(), () => 'csa_first');
    const second = await resolveSecrets(config(), () => 'csa_second');
    expect(first.adminToken).to.equal('csa_first');
    expect(second.adminToken).to.equal('csa_first');
    expect(first.keyEncryptionKey).to.have.length(32);
    expect(second.keyEncryptionKey.equals(first.keyEncryptionKey)).to.equal(true);
    expect(modeOf(join(dir, 'data'))).to.equal(0o700);
    expect(modeOf(join(dir, 'data/admin-token'))).to.equal(0o600);
    expect(modeOf(join(dir, 'data/key-encryption-key'))).to.equal(0o600);
  });

  it('gives processes that start at once equal secrets', async () => {
    let made = 0;
    const all = await Promise.all(
      Array.from({ length: 8 }, () => resolveSecrets(config(), () => `csa_${String(made++)}`)),
    );
    expect(new Set(all.map(({ adminToken }) => adminToken)).size).to.equal(1);
    expect(new Set(all.map((one) => one.keyEncryptionKey.toString('hex'))).size).to.equal(1);
  });

  it('makes a key that production refuses', async () => {
    await resolveSecrets(config(), () => 'csa_first');
    const env = {
      COUNTERSIGN_PROFILE: 'production',
      COUNTERSIGN_KEY_ENCRYPTION_KEY: readFileSync(join(dir, 'data/key-encryption-key'), 'utf8'),
    };
    expect(() => loadConfig(env, () => '')).to.throw(/development key/);
  });

  it('keeps a token that the environment gives out of the data folder', async () => {
    const env = { COUNTERSIGN_ADMIN_TOKEN: 'from-the-environment', COUNTERSIGN_DATA_DIR: dir };
    const secrets = await resolveSecrets(
      loadConfig(env, () => undefined),
      () => 'csa_made',
    );
    expect(secrets).to.include({ adminToken: 'from-the-environment', adminTokenFile: undefined });
    expect(() => statSync(join(dir, 'admin-token'))).to.throw('ENOENT');
  });

  it('replaces the demo file and hides it from other users', async () => {
    const demo = {
      public_url: 'http://127.0.0.1:1',
      admin_url: 'http://127.0.0.1:2',
      sidecar_url: 'http://127.0.0.1:3',
      admin_token: 'csa_x',
      agent: { id: 'demo-agent', client_secret: 'csk_x' },
      resource_server: { id: 'demo-api', client_secret: 'csr_x' },
    };
    writeFileSync(join(dir, 'demo.json'), '{}', { mode: 0o644 });
    expect(readDemoFile(dir)).to.equal(undefined);
    const path = await writeDemoFile(dir, demo);
    expect(JSON.parse(readFileSync(path, 'utf8'))).to.deep.equal(demo);
    expect(modeOf(path)).to.equal(0o600);
    expect(readDemoFile(dir)).to.deep.equal(demo);
  });
});

describe('the published schema', () => {
  it('is the one in the repository', () => {
    expect(JSON.parse(root('config.schema.json'))).to.deep.equal(publishedSchema());
  });

  it('accepts the example file and refuses an unknown key', function () {
    this.timeout(30_000);
    const ajv = new Ajv2020({ strict: true });
    formats.default(ajv);
    const validate = ajv.compile(publishedSchema());
    const example: unknown = parse(root('countersign.yaml'));
    expect(validate(example), JSON.stringify(validate.errors)).to.equal(true);
    expect(validate({ tokenz: {} })).to.equal(false);
  });

  it('is explained key by key in docs/operate/configuration.md', () => {
    const page = root('docs/operate/configuration.md');
    const items = page.split(/\n(?=- )/);
    for (const { path, variables } of SETTINGS) {
      const item = items.find((text) => text.startsWith(`- \`${path.join('.')}\`,`));
      expect(item, path.join('.')).to.be.a('string');
      expect(item).to.contain(`\`${String(variables[0])}\``);
    }
  });
});
