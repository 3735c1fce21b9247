import { expect } from 'chai';
import { stringify } from 'yaml';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigInvalid } from '../../../src/config/problems.js';

const load = (document: object, env: Record<string, string> = {}) =>
  loadConfig({ COUNTERSIGN_CONFIG: 'c.yaml', ...env }, () => stringify(document));

describe('the probes listener of the configuration', () => {
  it('is off by default, on loopback and with its own port', () => {
    const { listeners } = load({});
    expect(listeners.probes).to.deep.equal({ enabled: false, host: '127.0.0.1', port: 8487 });
    const ports = [listeners.public, listeners.admin, listeners.sidecar, listeners.probes].map(
      ({ port }) => port,
    );
    expect(new Set(ports).size).to.equal(4);
  });

  it('is taken from the file and the environment', () => {
    const { listeners } = load(
      { listeners: { probes: { enabled: true, port: 9000 } } },
      { COUNTERSIGN_LISTENERS_PROBES_HOST: '10.1.2.3', COUNTERSIGN_LISTENERS_PROBES_PORT: '9001' },
    );
    expect(listeners.probes).to.deep.equal({ enabled: true, host: '10.1.2.3', port: 9001 });
  });

  it('has no list of hosts and no proxies', () => {
    for (const more of [{ allowed_hosts: ['a'] }, { proxy_protocol: 'off' }]) {
      expect(() => load({ listeners: { probes: more } })).to.throw(ConfigInvalid);
    }
  });

  it('warns of an address that is not loopback in the local profile', () => {
    const { warnings } = load({ listeners: { probes: { host: '0.0.0.0' } } });
    expect(warnings.join('\n')).to.contain('listeners.probes.host 0.0.0.0 is not loopback');
    expect(load({ listeners: { probes: { host: '::1' } } }).warnings).to.deep.equal([]);
  });
});

describe('the hosts of the admin listener', () => {
  it('are the address and the name of a pod, from its environment', () => {
    const env = {
      COUNTERSIGN_LISTENERS_ADMIN_ALLOWED_HOSTS: '10.1.2.3, [fd00::7], countersign-0, svc:8485',
    };
    const { admin } = load({ listeners: { admin: { host: '0.0.0.0' } } }, env).listeners;
    expect(admin.allowedHosts).to.deep.equal([
      ...['10.1.2.3', '[fd00::7]', 'countersign-0', 'svc:8485'],
    ]);
  });
});
