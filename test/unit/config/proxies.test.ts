import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigInvalid } from '../../../src/config/problems.js';
import { signingKey } from '../../support/bundles/signing.js';

const PRODUCTION = {
  COUNTERSIGN_CONFIG: 'c.yaml',
  COUNTERSIGN_ISSUER: 'https://auth.example',
  COUNTERSIGN_REDIS_URL: 'rediss://cs:pw@redis.example:6379',
  COUNTERSIGN_ADMIN_TOKEN: randomBytes(24).toString('hex'),
  COUNTERSIGN_KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  BUNDLE_KEY: signingKey('ES256').public,
};

const load = (listeners: object, env: Record<string, string> = {}) =>
  loadConfig({ COUNTERSIGN_CONFIG: 'c.yaml', ...env }, () => stringify({ listeners })).listeners;

function problemsOf(listeners: object): string[] {
  try {
    load(listeners);
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems.map(({ where }) => where);
    throw error;
  }
  return [];
}

describe('the proxies of the configuration', () => {
  it('are empty by default', () => {
    const listeners = load({});
    expect(listeners).to.deep.include({ trustedProxies: [], forwardedHeader: 'x-forwarded-for' });
    expect(listeners.public.proxyProtocol).to.equal('off');
    expect(listeners.admin.proxyProtocol).to.equal('off');
  });

  it('are taken from the file and the environment', () => {
    const env = {
      COUNTERSIGN_LISTENERS_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::/32, 192.0.2.1',
      COUNTERSIGN_LISTENERS_PUBLIC_PROXY_PROTOCOL: 'required',
    };
    const listeners = load({ forwarded_header: 'forwarded' }, env);
    expect(listeners).to.deep.include({
      trustedProxies: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.1'],
      forwardedHeader: 'forwarded',
    });
    expect(listeners.public.proxyProtocol).to.equal('required');
  });

  it('are addresses and blocks, and never everybody', () => {
    const wrong = [
      '10.0.0.0/33',
      '2001:db8::/129',
      '10.0.0/8',
      '1.2.3.4.5',
      ':::',
      '0.0.0.0/0',
      '9.9.9.9/0',
      '::/8',
      '::ffff:0:0/96',
      '::/0',
    ];
    for (const block of wrong) {
      expect(problemsOf({ trusted_proxies: ['10.0.0.1', block] }), block).to.deep.equal([
        '/listeners/trusted_proxies/1',
      ]);
    }
    for (const block of ['proxy.example', '10.0.0.0/', 'fe80::1%eth0']) {
      expect(problemsOf({ trusted_proxies: [block] }), block).to.have.length(1);
    }
    expect(
      problemsOf({ trusted_proxies: ['10.0.0.1/8', '::1', '::ffff:10.0.0.0/104'] }),
    ).to.deep.equal([]);
  });

  it('are missed in production, where TLS ends in front of the service', () => {
    const policy =
      'path: bundle, signatures: required, verification: { keys: [{ id: release, alg: ES256, key_env: BUNDLE_KEY }] }';
    const yaml = (more: string) =>
      `profile: production\npolicy: { ${policy} }\nlisteners: { ${more} }`;
    const message = (more: string) => loadConfig(PRODUCTION, () => yaml(more)).warnings.join();
    expect(message('')).to.contain('listeners.trusted_proxies is empty');
    expect(message('trusted_proxies: [10.0.0.1]')).not.to.contain('trusted_proxies');
  });

  it('are needed where a listener requires the PROXY protocol', () => {
    for (const name of ['public', 'admin']) {
      const listener = { [name]: { proxy_protocol: 'required' } };
      expect(problemsOf(listener)).to.deep.equal([`/listeners/${name}/proxy_protocol`]);
      expect(problemsOf({ ...listener, trusted_proxies: ['10.0.0.1'] })).to.deep.equal([]);
    }
    expect(problemsOf({ public: { proxy_protocol: 'optional' } })).to.have.length(1);
    expect(problemsOf({ sidecar: { proxy_protocol: 'off' } })).to.have.length(1);
  });
});
