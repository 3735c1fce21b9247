import { expect } from 'chai';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigInvalid } from '../../../src/config/problems.js';
import { useFolder } from '../../support/use-started.js';

describe('a secret file that the configuration names', () => {
  const dir = useFolder();
  const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37) % 256)).toString('base64');

  before(() => {
    writeFileSync(join(dir, 'elsewhere'), KEY);
    mkdirSync(join(dir, 'mounted', '..v1'), { recursive: true });
    writeFileSync(join(dir, 'mounted', '..v1', 'key'), KEY);
    symlinkSync('..v1', join(dir, 'mounted', '..data'));
    symlinkSync('..data/key', join(dir, 'mounted', 'key'));
    symlinkSync('../elsewhere', join(dir, 'mounted', 'leaving'));
  });

  const load = (yaml: string): string => {
    const file = join(dir, 'countersign.yaml');
    writeFileSync(file, yaml);
    try {
      loadConfig({ COUNTERSIGN_CONFIG: file }, undefined, {}, { cwd: dir });
      return 'loaded';
    } catch (error) {
      if (error instanceof ConfigInvalid) return error.message;
      throw error;
    }
  };

  const settings: Readonly<Record<string, (file: string) => string>> = {
    '/keys/key_encryption_key_file': (file) => `keys: { key_encryption_key_file: ${file} }`,
    '/redis/password_file': (file) =>
      `redis: { url: 'redis://127.0.0.1:6379', password_file: ${file} }`,
    '/policy/server/bearer_token_file': (file) =>
      `policy: { server: { url: 'https://bundles.example.com/b', bearer_token_file: ${file} } }`,
  };

  for (const [where, yaml] of Object.entries(settings)) {
    it(`${where} may be a link of a Kubernetes secret, and no link that leaves its folder`, () => {
      expect(load(yaml('mounted/key'))).not.to.contain('leaves_folder');
      expect(load(yaml('mounted/leaving')))
        .to.contain(where)
        .and.contain('is a link that leaves its folder (leaves_folder)');
    });
  }

  it('/redis/tls/ca_file is public: it may be a link of the system', () => {
    const tls = (name: string): string =>
      `redis: { url: 'rediss://127.0.0.1:6379', tls: { ca_file: mounted/${name} } }`;
    expect(load(tls('leaving')))
      .to.contain('/redis/tls/ca_file')
      .and.not.contain('leaves_folder');
  });
});
