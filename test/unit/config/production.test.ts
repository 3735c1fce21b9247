import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigInvalid } from '../../../src/config/problems.js';

const KEY = randomBytes(32).toString('base64');
const TOKEN = 'csa_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
const ENV = { COUNTERSIGN_KEY_ENCRYPTION_KEY: KEY, COUNTERSIGN_ADMIN_TOKEN: TOKEN };
const SAFE = [
  'profile: production',
  'issuer: https://auth.example.com/',
  'redis: { url: "rediss://cs:pw@redis.example.com:6379" }',
].join('\n');

function refusals(yaml: string, env: Record<string, string> = ENV): string[] {
  try {
    loadConfig(env, () => yaml, {}, { cwd: '/srv' });
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems.map(({ where }) => where);
    throw error;
  }
}

describe('the production profile', () => {
  it('accepts a safe configuration, with no demo and no sidecar', () => {
    const config = loadConfig(ENV, () => SAFE, {}, { cwd: '/srv' });
    expect(config.issuer).to.equal('https://auth.example.com');
    expect(config.demo).to.equal(false);
    expect(config.registry.agents).to.deep.equal([]);
    expect(config.listeners.sidecar.enabled).to.equal(false);
    expect(config.listeners.public.host).to.equal('0.0.0.0');
    expect(config.listeners.admin.host).to.equal('127.0.0.1');
  });

  it('warns of policies that may escalate', () => {
    const of = (more: string): string =>
      loadConfig(ENV, () => `${SAFE}${more}`, {}, { cwd: '/srv' }).warnings.join();
    expect(of('')).not.to.contain('escalates');
    expect(of('\npolicy: { admission: { violations: warn } }\n')).to.contain('escalates');
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
    expect(refusals(yaml, { COUNTERSIGN_KEY_ENCRYPTION_KEY: KEY })).to.deep.equal([]);
  });

  it('refuses a sidecar that a network can reach in every profile', () => {
    const sidecar = 'listeners: { sidecar: { enabled: true, host: 192.168.1.5, agent_id: a } }';
    expect(refusals(sidecar, {})).to.deep.equal(['/listeners/sidecar/host']);
    const socket = 'listeners: { sidecar: { enabled: true, socket: run/a.sock, agent_id: a } }';
    expect(refusals(socket, {})).to.deep.equal([]);
  });

  it('warns of a store on another machine without TLS or password', () => {
    const yaml = SAFE.replace('rediss://cs:pw@', 'redis://');
    const { warnings } = loadConfig(ENV, () => yaml);
    expect(warnings.join()).to.contain('not TLS').and.contain('no password');
    expect(loadConfig(ENV, () => SAFE).warnings.join()).not.to.contain('redis.url');
  });

  it('wants exactly one place for a webhook secret, and a strong one', () => {
    const hook = (more: string): string =>
      `${SAFE}\nwebhooks: [{ id: w, url: "https://x.example/h"${more} }]`;
    expect(refusals(hook(''))).to.deep.equal(['/webhooks/0']);
    expect(refusals(hook(', secret_env: WH'))).to.deep.equal(['/webhooks/0/secret_env']);
    expect(refusals(hook(', secret_env: WH'), { ...ENV, WH: 'whsec_short' })).to.deep.equal(['WH']);
  });
});
