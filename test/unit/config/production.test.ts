import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigInvalid, type ConfigProblem } from '../../../src/config/problems.js';
import { signingKey } from '../../support/bundles/signing.js';

const KEY = randomBytes(32).toString('base64');
const TOKEN = 'csa_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
const ENV = {
  COUNTERSIGN_KEY_ENCRYPTION_KEY: KEY,
  COUNTERSIGN_ADMIN_TOKEN: TOKEN,
  BUNDLE_KEY: signingKey('ES256').public,
};
const POLICY =
  'path: bundle, signatures: required, verification: { keys: [{ id: release, alg: ES256, key_env: BUNDLE_KEY }] }';
const SAFE = [
  'profile: production',
  'issuer: https://auth.example.com/',
  'redis: { url: "rediss://cs:pw@redis.example.com:6379" }',
  `policy: { ${POLICY} }`,
].join('\n');

function problems(yaml: string, env: Record<string, string> = ENV): readonly ConfigProblem[] {
  try {
    loadConfig(env, () => yaml, {}, { cwd: '/srv' });
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
}

function refusals(yaml: string, env: Record<string, string> = ENV): string[] {
  return problems(yaml, env).map(({ where }) => where);
}

describe('the production profile', () => {
  it('accepts a safe configuration, with no demo and no sidecar', () => {
    const config = loadConfig(ENV, () => SAFE, {}, { cwd: '/srv' });
    expect(config.issuer).to.equal('https://auth.example.com');
    expect(config.demo).to.equal(false);
    expect(config.registry.agents).to.deep.equal([]);
    expect(config.listeners.sidecar.enabled).to.equal(false);
    expect(config.listeners.public.host).to.equal('0.0.0.0');
    expect(config.listeners.probes).to.include({ enabled: false, host: '0.0.0.0' });
    expect(config.listeners.admin.host).to.equal('127.0.0.1');
  });

  it('warns of policies that may escalate', () => {
    const of = (more: string): string =>
      loadConfig(
        ENV,
        () => SAFE.replace(POLICY, POLICY + more),
        {},
        { cwd: '/srv' },
      ).warnings.join();
    expect(of('')).not.to.contain('escalates');
    expect(of(', admission: { violations: warn }')).to.contain('escalates');
    expect(of('')).not.to.contain('nothing tested');
    expect(of(', admission: { require_grants: warn }')).to.contain('nothing tested');
  });

  it('lists everything unsafe at once', () => {
    const yaml = [
      'profile: production',
      'issuer: http://auth.example.com',
      'listeners:',
      '  admin: { host: 0.0.0.0 }',
      '  sidecar: { enabled: true, host: 0.0.0.0, agent_id: a }',
      'webhooks: [{ id: w, url: "http://x.example/hook", secret_env: WH }]',
    ].join('\n');
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    expect(refusals(yaml, { WH: secret })).to.have.members([
      '/issuer',
      '/listeners/admin/allowed_hosts',
      '/listeners/sidecar/host',
      '/policy/signatures',
      '/redis/url',
      '/webhooks/0/url',
      'COUNTERSIGN_ADMIN_TOKEN',
      'COUNTERSIGN_KEY_ENCRYPTION_KEY',
    ]);
  });

  it('wants a file', () => {
    const env = { ...ENV, COUNTERSIGN_PROFILE: 'production' };
    expect(() => loadConfig(env, () => undefined)).to.throw(ConfigInvalid, 'COUNTERSIGN_CONFIG');
  });

  const keys = {
    'a development key, wherever it was copied to': `dev:${KEY}`,
    'a key of one byte repeated': Buffer.alloc(32, 7).toString('base64'),
    'a key that is a readable text': Buffer.from('correct horse battery staple, 32').toString(
      'base64',
    ),
    'a key of 16 bytes': randomBytes(16).toString('base64'),
    'a key with something after it': `${KEY} x`,
  };
  for (const [name, key] of Object.entries(keys)) {
    it(`refuses ${name}`, () => {
      expect(refusals(SAFE, { ...ENV, COUNTERSIGN_KEY_ENCRYPTION_KEY: key })).to.deep.equal([
        'COUNTERSIGN_KEY_ENCRYPTION_KEY',
      ]);
    });
  }

  it('takes a key in hex, and from a file', () => {
    const hex = Buffer.from(KEY, 'base64').toString('hex');
    const env = { ...ENV, COUNTERSIGN_KEY_ENCRYPTION_KEY: hex };
    expect(loadConfig(env, () => SAFE).secrets.keyEncryptionKey).to.equal(KEY);
    const files: Record<string, string> = { '/srv/countersign.yaml': SAFE, '/run/kek': `${KEY}\n` };
    const fromFile = {
      COUNTERSIGN_ADMIN_TOKEN: TOKEN,
      BUNDLE_KEY: ENV.BUNDLE_KEY,
      COUNTERSIGN_KEY_ENCRYPTION_KEY_FILE: '/run/kek',
    };
    const config = loadConfig(fromFile, (path) => files[path], {}, { cwd: '/srv' });
    expect(config.secrets.keyEncryptionKey).to.equal(KEY);
  });

  it('refuses an admin token that can be guessed', () => {
    for (const token of ['short', 'a'.repeat(40), 'has a space in it, and is long enough']) {
      expect(refusals(SAFE, { ...ENV, COUNTERSIGN_ADMIN_TOKEN: token })).to.deep.equal([
        'COUNTERSIGN_ADMIN_TOKEN',
      ]);
    }
  });

  it('does without an admin token when admins are named', () => {
    const sha256 = 'ab'.repeat(32);
    const yaml = `${SAFE}\nadmin: { principals: [{ id: ann, role: admin, token_sha256: ${sha256} }] }`;
    const { COUNTERSIGN_ADMIN_TOKEN: _token, ...env } = ENV;
    expect(refusals(yaml, env)).to.deep.equal([]);
  });

  it('refuses a sidecar that a network can reach in every profile', () => {
    const sidecar = 'listeners: { sidecar: { enabled: true, host: 192.168.1.5, agent_id: a } }';
    expect(refusals(sidecar, {})).to.deep.equal(['/listeners/sidecar/host']);
    const socket = 'listeners: { sidecar: { enabled: true, socket: run/a.sock, agent_id: a } }';
    expect(refusals(socket, {})).to.deep.equal([]);
  });

  it('warns of a store on another machine without TLS or password', () => {
    const at = (url: string, env: Record<string, string> = {}): string =>
      loadConfig(env, () => `redis: { url: "${url}" }`).warnings.join();
    expect(at('redis://redis.example.com')).to.contain('not TLS').and.contain('no password');
    expect(at('rediss://redis.example.com')).to.contain('no password').and.not.contain('not TLS');
    const env = { COUNTERSIGN_REDIS_PASSWORD: 'pw' };
    expect(at('rediss://redis.example.com', env)).not.to.contain('redis.url');
    expect(loadConfig(ENV, () => SAFE).warnings.join()).not.to.contain('redis.url');
  });

  it('refuses clear text to a Redis on another machine, in every topology', () => {
    const at = (url: string): readonly ConfigProblem[] =>
      problems(SAFE.replace('rediss://cs:pw@redis.example.com:6379', url));
    const refused = [
      'redis://redis.example.com',
      'redis://cs:pw@10.0.0.2:6379/3',
      'redis://0.0.0.0:6379',
      'redis+sentinel://127.0.0.1:26379,s2.example.com:26379/main',
      'redis+cluster://localhost:7001,[2001:db8::1]:7002',
    ];
    for (const url of refused) {
      expect(at(url).map(({ where }) => where)).to.deep.equal(['/redis/url']);
      const text = at(url)[0]?.message ?? '';
      expect(text).to.match(/must be TLS in production: use rediss(\+sentinel|\+cluster)?:\/\/ /);
      expect(text).not.to.contain('pw');
    }
    expect(
      at('redis+cluster://localhost:7001,c2.example.com,c3.example.com')[0]?.message,
    ).to.contain('for c2.example.com, c3.example.com');
    for (const url of [
      ...['redis://127.0.0.1', 'redis://cs:pw@localhost:6379', 'redis://[::1]:6379/2'],
      ...['unix:///run/redis.sock', 'redis+cluster://127.0.0.1:7001,127.9.9.9:7002'],
      ...refused.map((one) => one.replace('redis', 'rediss')),
    ])
      expect(at(url), url).to.deep.equal([]);
  });

  it('refuses unsigned bundles', () => {
    const off = SAFE.replace('signatures: required', 'signatures: off');
    expect(problems(off)).to.deep.equal([
      {
        where: '/policy/signatures',
        line: 4,
        message:
          'must be required in production: sign the bundle (countersign policy build --signing-key), and set policy.path or policy.server.url and policy.verification.keys',
      },
    ]);
    expect(refusals(SAFE.replace(/policy:.*/, ''))).to.deep.equal(['/policy/signatures']);
  });

  it('wants exactly one place for a webhook secret, and a strong one', () => {
    const hook = (more: string): string =>
      `${SAFE}\nwebhooks: [{ id: w, url: "https://x.example/h"${more} }]`;
    expect(refusals(hook(''))).to.deep.equal(['/webhooks/0']);
    expect(refusals(hook(', secret_env: WH'))).to.deep.equal(['/webhooks/0/secret_env']);
    expect(refusals(hook(', secret_env: WH'), { ...ENV, WH: 'whsec_short' })).to.deep.equal(['WH']);
  });
});
