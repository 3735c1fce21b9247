import { expect } from 'chai';
import fc from 'fast-check';
import {
  canonicalAddress,
  nodeAddress,
  trustedProxies,
} from '../../../../src/http/proxies/addresses.js';
import { hopsOfForwarded, hopsOfXForwardedFor } from '../../../../src/http/proxies/forwarded.js';

describe('addresses as proxies write them', () => {
  const nodes: [string, string | undefined][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:8080', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:0DB8:0::0001', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['[2001:db8::1]:_port', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%eth0]:80', 'fe80::1'],
    ['unknown', undefined],
    ['_hidden', undefined],
    ['_SEVKISEK', undefined],
    ['', undefined],
    ['localhost', undefined],
    ['192.0.2.1:port', undefined],
    ['192.0.2.1:', undefined],
    ['192.0.2.256', undefined],
    ['192.0.2.01', undefined],
    ['[192.0.2.1]', undefined],
    ['2001:db8::1]', undefined],
    ['[2001:db8::1', undefined],
    ['1'.repeat(10_000), undefined],
  ];
  for (const [text, address] of nodes) {
    it(`${text.slice(0, 30) || 'nothing'} → ${String(address)}`, () => {
      expect(nodeAddress(text)).to.equal(address);
    });
  }

  it('trusts addresses and blocks of both families, and IPv4 also where it is mapped', () => {
    const isTrusted = trustedProxies(['10.1.0.0/16', '192.0.2.7', '2001:db8:1::/48', '::1']);
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:1:9::1', '::1']) {
      expect(isTrusted(address), address).to.equal(true);
    }
    for (const address of [
      '10.2.0.1',
      '::ffff:10.2.0.1',
      '192.0.2.8',
      '2001:db8:2::',
      'local',
      '',
    ]) {
      expect(isTrusted(address), address).to.equal(false);
    }
    expect(trustedProxies([])('127.0.0.1')).to.equal(false);
    expect(trustedProxies(['fe80::/10'])('fe80::1%eth0')).to.equal(true);
  });
});

describe('hops of X-Forwarded-For, the nearest first', () => {
  it('is what splitting at commas and reading backwards gives', () => {
    const part = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('unknown', '', '_x', '"', ' ', ';'),
    );
    const spaced = fc
      .tuple(part, fc.constantFrom('', ' ', '\t'))
      .map(([text, space]) => space + text + space);
    fc.assert(
      fc.property(fc.array(spaced, { minLength: 1, maxLength: 8 }), (parts) => {
        const expected = parts.map((text) => nodeAddress(text.trim())).reverse();
        expect([...hopsOfXForwardedFor(parts.join(','))]).to.deep.equal(expected);
      }),
    );
  });

  it('names the address of a family in one spelling', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const canonical = canonicalAddress(address) ?? '';
        expect(canonicalAddress(canonical)).to.equal(canonical);
        expect([...hopsOfXForwardedFor(address)]).to.deep.equal([canonical]);
      }),
    );
  });
});

describe('hops of Forwarded (RFC 7239), the nearest first', () => {
  const headers: [string, (string | undefined)[]][] = [
    ['for=192.0.2.43', ['192.0.2.43']],
    ['For="[2001:db8:cafe::17]:4711"', ['2001:db8:cafe::17']],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', ['192.0.2.60']],
    ['proto=https; FOR="192.0.2.60:1" ;host="a,b;c"', ['192.0.2.60']],
    ['for=192.0.2.43, for=198.51.100.17', ['198.51.100.17', '192.0.2.43']],
    ['for=192.0.2.43,for="[2001:db8::1]"', ['2001:db8::1', '192.0.2.43']],
    ['for="192.0.2.\\43"', ['192.0.2.43']],
    ['for=unknown', [undefined]],
    ['for="_gazonk"', [undefined]],
    ['by=192.0.2.1', [undefined]],
    ['for=192.0.2.1;for=192.0.2.2', [undefined]],
    ['for=192.0.2.1:80', [undefined]],
    ['for=[2001:db8::1]', [undefined]],
    ['for = 192.0.2.1', [undefined]],
    ['for=192.0.2.1;;', [undefined]],
    ['192.0.2.1', [undefined]],
    ['', [undefined]],
    ['for=192.0.2.1,', [undefined, '192.0.2.1']],
  ];
  for (const [header, hops] of headers) {
    it(`${header || 'nothing'} → ${hops.join(', ')}`, () => {
      expect([...hopsOfForwarded(header)]).to.deep.equal(hops);
    });
  }

  const hostile = fc.string({
    unit: fc.constantFrom('"', '\\', ',', ';', '=', 'for', '1.1.1.1', ' ', 'x'),
  });

  it('reads what a proxy appended as the proxy wrote it, whatever a stranger put before', () => {
    const appended = fc.oneof(
      fc.ipV4().map((address) => [`for=${address}`, canonicalAddress(address)] as const),
      fc
        .ipV6()
        .map(
          (address) => [`for="[${address}]:99";host="a\\"b,c"`, canonicalAddress(address)] as const,
        ),
    );
    fc.assert(
      fc.property(hostile, appended, (start, [element, address]) => {
        expect(hopsOfForwarded(`${start}, ${element}`).next().value).to.equal(address);
      }),
    );
  });

  it('never throws, and ends', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), (text) => {
        for (const hop of hopsOfForwarded(text))
          expect(hop === undefined || nodeAddress(hop)).to.not.equal(undefined);
        expect([...hopsOfXForwardedFor(text)]).to.have.length(text.split(',').length);
      }),
    );
  });

  it('costs no more on hostile text of a length than on plain text of that length', () => {
    const size = 16_000;
    const plain = 'for=192.0.2.1, '.repeat(size / 15);
    const texts = [
      '"'.repeat(size),
      '\\'.repeat(size),
      '\\"'.repeat(size / 2),
      'a'.repeat(size),
      'for="' + '\\'.repeat(size),
      ','.repeat(size),
      ' '.repeat(size) + 'for',
      '=;'.repeat(size / 2),
    ];
    const time = (text: string): number => {
      const began = performance.now();
      for (let i = 0; i < 20; i++) for (const _ of hopsOfForwarded(text));
      return performance.now() - began;
    };
    for (const text of texts) {
      const tries = Array.from({ length: 7 }, () => [time(text), time(plain)] as const);
      const least = (at: 0 | 1): number => Math.min(...tries.map((one) => one[at]));
      expect(least(0) / least(1), text.slice(0, 8)).to.be.lessThan(10);
    }
  }).timeout(60_000);
});
