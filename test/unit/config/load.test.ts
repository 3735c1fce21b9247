import { expect } from 'chai';
import fc from 'fast-check';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { SETTINGS } from '../../../src/config/environment.js';
import { loadConfig, type Overrides } from '../../../src/config/load.js';
import { readFileIfPresent } from '../../../src/config/read-file.js';
import { ConfigInvalid, type ConfigProblem } from '../../../src/config/problems.js';
import type { Config } from '../../../src/config/config.js';

const nothing = (): undefined => undefined;
const file = (text: string) => () => text;

function load(yaml: string, env: Record<string, string> = {}, overrides?: Overrides): Config {
  return loadConfig(env, file(yaml), overrides, { cwd: '/srv' });
}

function problemsOf(run: () => unknown): readonly ConfigProblem[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const places = (problems: readonly ConfigProblem[]) => problems.map(({ where }) => where);

describe('loadConfig', () => {
  it('serves the demo on loopback when there is no file and no variable', () => {
    const config = loadConfig({}, nothing, {}, { cwd: '/srv' });
    expect(config.profile).to.equal('local');
    expect(config.demo).to.equal(true);
    expect(config.registry).to.deep.equal(DEMO_REGISTRY);
    expect(config.issuer).to.equal('http://127.0.0.1:8484');
    expect(config.listeners.public.host).to.equal('127.0.0.1');
    expect(config.listeners.sidecar).to.include({ enabled: true, agentId: 'demo-agent' });
    expect(config.dataDir).to.equal('/srv/.countersign');
    expect(config.audit.storePath).to.equal('/srv/.countersign/audit.db');
    expect(config.policy.path).to.match(/\/bundles\/countersign$/);
    expect(config.warnings).to.deep.equal([]);
  });

  it('takes the address of the public listener for the default issuer', () => {
    const issuer = (host: string): string =>
      loadConfig({ COUNTERSIGN_LISTENERS_PUBLIC_HOST: host, COUNTERSIGN_PORT: '9000' }, nothing)
        .issuer;
    expect(issuer('::1')).to.equal('http://[::1]:9000');
    expect(issuer('127.0.0.5')).to.equal('http://127.0.0.5:9000');
    expect(issuer('localhost')).to.equal('http://localhost:9000');
    for (const host of ['0.0.0.0', '::', 'fe80::1%eth0']) {
      expect(issuer(host), host).to.equal('http://127.0.0.1:9000');
    }
  });

  it('has equal settings with the example file and with no file at all', () => {
    const withFile = loadConfig({}, readFileIfPresent);
    expect(withFile.file).to.equal('countersign.yaml');
    expect({ ...withFile, file: undefined }).to.deep.equal(loadConfig({}, nothing));
  });

  it('freezes the whole', () => {
    const config = loadConfig({}, nothing);
    expect(Object.isFrozen(config)).to.equal(true);
    expect(Object.isFrozen(config.listeners.sidecar)).to.equal(true);
    expect(Object.isFrozen(config.registry.agents[0]?.grants)).to.equal(true);
  });

  it('lets an override win over a variable, and a variable over the file', () => {
    const yaml = 'listeners: { public: { port: 1 }, admin: { port: 1 }, sidecar: { port: 1 } }';
    const env = { COUNTERSIGN_ADMIN_PORT: '2', COUNTERSIGN_SIDECAR_PORT: '2' };
    const { listeners } = load(yaml, env, { 'listeners.sidecar.port': 3 });
    expect(listeners.public.port).to.equal(1);
    expect(listeners.admin.port).to.equal(2);
    expect(listeners.sidecar.port).to.equal(3);
  });

  it('takes every scalar key from its variable', () => {
    const names = SETTINGS.flatMap(({ variables }) => variables);
    expect(new Set(names).size).to.equal(names.length);
    for (const { schema, variables, pointer } of SETTINGS) {
      if (schema.type !== 'integer') continue;
      for (const name of variables) {
        const where = problemsOf(() => load('', { [name]: 'many' })).map((one) => one.where);
        expect(where, pointer).to.deep.equal([name]);
      }
    }
  });

  it('counts an empty variable as unset', () => {
    expect(
      load('', { COUNTERSIGN_PORT: '', COUNTERSIGN_ISSUER: '' }).listeners.public.port,
    ).to.equal(8484);
  });

  it('refuses two variables of one key that disagree', () => {
    const env = { COUNTERSIGN_PORT: '1', COUNTERSIGN_LISTENERS_PUBLIC_PORT: '2' };
    expect(places(problemsOf(() => load('', env)))).to.deep.equal(['COUNTERSIGN_PORT']);
    expect(load('', { ...env, COUNTERSIGN_PORT: '2' }).listeners.public.port).to.equal(2);
  });

  it('explains the variable that Kubernetes sets for a service of this name', () => {
    const [problem] = problemsOf(() => load('', { COUNTERSIGN_PORT: 'tcp://10.0.0.1:8484' }));
    expect(problem?.message).to.contain('enableServiceLinks');
  });

  it('lists everything that is wrong, each at its place and line', () => {
    const yaml = [
      'profile: local',
      'tokens:',
      '  max_tll_seconds: 60',
      '  default_ttl_seconds: 0',
      'admin: { token: secret }',
      'webhooks:',
      '  - { id: a, url: "https://a.example/x" }',
      'registry:',
      '  agents: [{ id: Bad Id }]',
    ].join('\n');
    const problems = problemsOf(() => load(yaml, { COUNTERSIGN_REDIS_SHARDS: 'x' }));
    expect(places(problems)).to.have.members([
      '/tokens/max_tll_seconds',
      '/tokens/default_ttl_seconds',
      '/admin/token',
      '/webhooks/0',
      'COUNTERSIGN_REDIS_SHARDS',
      '/registry/agents/0/id',
    ]);
    const typo = problems.find(({ where }) => where === '/tokens/max_tll_seconds');
    expect(typo).to.deep.include({ line: 3 });
    expect(typo?.message).to.contain('did you mean max_ttl_seconds?');
  });

  it('still checks the rest of a file that is not valid in one place', () => {
    const problems = problemsOf(() => load('tokens: 5\nredis: { shards: 0 }', {}));
    expect(places(problems)).to.have.members(['/tokens', '/redis/shards']);
  });

  it('refuses what is not one mapping in valid YAML', () => {
    for (const yaml of ['a: [', 'a: 1\na: 2', '- 1', '"text"', 'a: 1\n---\nb: 2', '*missing']) {
      expect(
        problemsOf(() => load(yaml)),
        yaml,
      ).to.have.length.greaterThan(0);
    }
  });

  it('refuses an alias bomb', () => {
    const levels = Array.from({ length: 12 }, (_, n) =>
      n === 0
        ? 'a0: &a0 [x, x]'
        : `a${String(n)}: &a${String(n)} [${`*a${String(n - 1)}, `.repeat(9)}]`,
    );
    const [problem] = problemsOf(() => load(levels.join('\n')));
    expect(problem?.message).to.match(/alias/i);
  });

  it('takes no key for a member of Object.prototype', () => {
    const yaml = '__proto__: { profile: production }\nconstructor: { a: 1 }';
    expect(places(problemsOf(() => load(yaml)))).to.have.members(['/__proto__', '/constructor']);
  });

  it('says that a named file is missing, and that one cannot be read', () => {
    const env = { COUNTERSIGN_CONFIG: '/etc/none.yaml' };
    expect(places(problemsOf(() => loadConfig(env, nothing)))).to.deep.equal([
      'COUNTERSIGN_CONFIG',
    ]);
    const broken = (): string => {
      throw new Error('EACCES');
    };
    expect(problemsOf(() => loadConfig(env, broken))[0]?.message).to.contain('EACCES');
  });

  it('warns of variables that look like ours and are not', () => {
    const { warnings } = load('', { COUNTERSIGN_REDIS_ULR: 'x', OTHER: 'y' });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('did you mean COUNTERSIGN_REDIS_URL?');
  });

  it('warns of two equal audiences, which a store of an earlier build may have', () => {
    const scopes = '[{ name: read, risk: low, description: Read }]';
    const entry = (id: string, uri: string): string =>
      `    - { id: ${id}, audiences: ["${uri}"], scopes: ${scopes} }`;
    const lines = [entry('one', 'https://x.example'), entry('two', 'https://X.example/')];
    const { warnings } = load(['registry:', '  revision: 1', '  resources:', ...lines].join('\n'));
    expect(warnings.filter((warning) => warning.startsWith('registry'))).to.deep.equal([
      'registry.resources: the audiences https://x.example and https://X.example/ are equal',
    ]);
  });

  it('checks how values go together', () => {
    const yaml = [
      'tokens: { default_ttl_seconds: 600, max_ttl_seconds: 300 }',
      'keys: { rotate_every_seconds: 60, jwks_cache_seconds: 300 }',
      'audit: { mask: [/request/declared/user_id] }',
      'admin:',
      '  principals:',
      `    - { id: ann, role: admin, token_sha256: ${'a'.repeat(64)} }`,
      `    - { id: ann, role: auditor, token_sha256: ${'a'.repeat(64)} }`,
    ].join('\n');
    expect(places(problemsOf(() => load(yaml)))).to.have.members([
      '/tokens/default_ttl_seconds',
      '/keys/rotate_every_seconds',
      '/audit/mask',
      '/admin/principals/1/id',
      '/admin/principals/1/token_sha256',
    ]);
  });

  it('refuses to write a log into a file of the audit store, which would end the locks of SQLite', () => {
    const refused = [
      'audit: { jsonl_path: .countersign/audit.db }',
      'audit: { store_path: /srv/a.db, jsonl_path: /srv/b/../a.db }',
      'audit: { store_path: a.db, jsonl_path: ./a.db-wal }',
      'audit: { store_path: a.db, jsonl_path: a.db-shm }',
      'audit: { store_path: a.db, jsonl_path: a.db-journal }',
    ];
    for (const yaml of refused) {
      expect(places(problemsOf(() => load(yaml)))).to.deep.equal(['/audit/jsonl_path']);
    }
    // The second is what the rotation of the first would write.
    for (const store of ['decisions', 'decisions.1']) {
      const yaml = `{ audit: { store_path: ${store} }, decision_log: { file: { path: decisions } } }`;
      expect(places(problemsOf(() => load(yaml)))).to.deep.equal(['/decision_log/file/path']);
    }
    const apart = load('audit: { store_path: a.db, jsonl_path: a.db.jsonl }');
    expect(apart.audit.jsonlPath).to.equal('/srv/a.db.jsonl');
  });

  it('gives a whole configuration or says what is wrong, whatever the file says', function () {
    this.timeout(30_000);
    const key = fc.constantFrom('profile', 'issuer', 'listeners', 'redis', 'tokens', 'keys', 'x');
    const document = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(document, (value) => {
        try {
          const config = load(JSON.stringify(value));
          expect(config.tokens.defaultTtlSeconds).to.be.at.most(config.tokens.maxTtlSeconds);
        } catch (error) {
          expect(error).to.be.instanceOf(ConfigInvalid);
        }
      }),
      { numRuns: 100 },
    );
  });
});
