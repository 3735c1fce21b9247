import { expect } from 'chai';
import { clientFingerprint, networkOf } from '../../../src/http/client-fingerprint.js';

const call = (source: string, userAgent?: string) => ({
  listener: 'public' as const,
  source,
  headers: userAgent === undefined ? {} : { 'user-agent': userAgent },
});

describe('the fingerprint of a client', () => {
  it('is equal within one network, and another one elsewhere or with another program', () => {
    const here = clientFingerprint(call('203.0.113.7', 'agent/1.0'));
    expect(here).to.match(/^[0-9a-f]{16}$/);
    expect(clientFingerprint(call('203.0.113.200', 'agent/1.0'))).to.equal(here);
    expect(clientFingerprint(call('203.0.114.7', 'agent/1.0'))).to.not.equal(here);
    expect(clientFingerprint(call('203.0.113.7', 'curl/8'))).to.not.equal(here);
    expect(clientFingerprint(call('203.0.113.7'))).to.not.equal(here);
    expect(
      clientFingerprint({ ...call('203.0.113.7', 'agent/1.0'), listener: 'sidecar' }),
    ).to.not.equal(here);
  });

  const networks: readonly [string, string][] = [
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:0:1::5', '2001:db8:0::/48'],
    ['2001:db8::5', '2001:db8:0::/48'],
    ['2001:0db8:0000:0001:0:0:0:5', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['local', 'local'],
  ];
  for (const [source, network] of networks) {
    it(`takes ${source} for a place in ${network}`, () => {
      expect(networkOf(source)).to.equal(network);
    });
  }
});
