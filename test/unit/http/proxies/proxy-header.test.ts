import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalAddress } from '../../../../src/http/proxies/addresses.js';
import { parseProxyHeader } from '../../../../src/http/proxies/proxy-header.js';
import { LOCAL, v1, v2 } from '../../../support/proxy-headers.js';

const parse = (text: string) => parseProxyHeader(Buffer.from(text, 'latin1'));

describe('PROXY protocol version 1', () => {
  it('names the client', () => {
    const header = 'PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n';
    expect(parse(`${header}GET / HTTP/1.1\r\n`)).to.deep.equal({
      state: 'whole',
      length: header.length,
      source: '192.0.2.1',
    });
    expect(parse('PROXY TCP6 2001:DB8::1 2001:db8::2 0 65535\r\n')).to.include({
      source: '2001:db8::1',
    });
    expect(parse('PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n')).to.include({ source: '192.0.2.1' });
  });

  it('may not know the client', () => {
    for (const line of ['PROXY UNKNOWN\r\n', 'PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n']) {
      expect(parse(line)).to.deep.equal({ state: 'whole', length: line.length, source: undefined });
    }
  });

  const invalid = [
    'GET / HTTP/1.1\r\n',
    'PROXY\r\n',
    'PROXY TCP4\r\n',
    'proxy TCP4 192.0.2.1 198.51.100.2 1 2\r\n',
    'PROXY  TCP4 192.0.2.1 198.51.100.2 1 2\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.2 1 2 \r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.2 1 65536\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.2 -1 2\r\n',
    'PROXY TCP4 192.0.2.256 198.51.100.2 1 2\r\n',
    'PROXY TCP4 ::1 ::1 1 2\r\n',
    'PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n',
    'PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n',
    'PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n',
    'PROXY UNKNOWN\nGET / HTTP/1.1\r\n',
    `PROXY UNKNOWN ${'x'.repeat(100)}\r\n`,
    `PROXY TCP4 ${'1'.repeat(120)}`,
  ];
  for (const text of invalid) {
    it(`is not ${JSON.stringify(text.slice(0, 50))}`, () => {
      expect(parse(text)).to.deep.equal({ state: 'invalid' });
    });
  }
});

describe('PROXY protocol version 2', () => {
  it('names the client, and TLVs are passed over', () => {
    const header = v2('192.0.2.1', { tlvs: Buffer.from([0x04, 0, 2, 9, 9]) });
    const bytes = Buffer.concat([header, Buffer.from('GET /')]);
    expect(parseProxyHeader(bytes)).to.deep.equal({
      state: 'whole',
      length: header.length,
      source: '192.0.2.1',
    });
    expect(parseProxyHeader(v2('::ffff:192.0.2.1'))).to.include({ source: '192.0.2.1' });
  });

  it("is the proxy's own, from a unix socket or of no known family: no client", () => {
    const unix = v2('192.0.2.1', { family: 0x31, tlvs: Buffer.alloc(216) });
    for (const header of [
      LOCAL,
      v2('192.0.2.1', { command: 0x20 }),
      unix,
      v2('192.0.2.1', { family: 0 }),
    ]) {
      expect(parseProxyHeader(header)).to.deep.equal({
        state: 'whole',
        length: header.length,
        source: undefined,
      });
    }
  });

  const whole = v2('192.0.2.1');
  const changed = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(whole);
    bytes[at] = value;
    return bytes;
  };
  const invalid: Record<string, Buffer> = {
    'another signature': changed(5, 1),
    'version 1 in binary': changed(12, 0x11),
    'an unknown command': changed(12, 0x22),
    UDP: changed(13, 0x12),
    'an unknown family': changed(13, 0x41),
    'addresses of IPv6 in the room of IPv4': changed(13, 0x21),
    'less than its addresses': changed(15, 11),
    'more than anybody sends': changed(14, 0x08),
  };
  for (const [what, bytes] of Object.entries(invalid)) {
    it(`is not ${what}`, () => {
      expect(parseProxyHeader(bytes)).to.deep.equal({ state: 'invalid' });
    });
  }
});

describe('PROXY protocol headers of any kind', () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());

  it('give the address that was put into them, and are incomplete until their last byte', () => {
    fc.assert(
      fc.property(address, fc.boolean(), fc.nat(300), (text, binary, tlvBytes) => {
        const header = binary ? v2(text, { tlvs: Buffer.alloc(tlvBytes) }) : Buffer.from(v1(text));
        const bytes = Buffer.concat([header, Buffer.from('POST /token')]);
        for (let length = 0; length < header.length; length++) {
          expect(parseProxyHeader(bytes.subarray(0, length))).to.deep.equal({
            state: 'incomplete',
          });
        }
        expect(parseProxyHeader(bytes)).to.deep.equal({
          state: 'whole',
          length: header.length,
          source: canonicalAddress(text),
        });
      }),
      { numRuns: 50 },
    );
  });

  it('never throw on bytes of any kind, and no more than a bound is ever waited for', () => {
    const start = fc.constantFrom(
      Buffer.alloc(0),
      Buffer.from('PROXY '),
      LOCAL.subarray(0, 12),
      LOCAL.subarray(0, 13),
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 4000 }), (head, tail) => {
        const bytes = Buffer.concat([head, tail]);
        const header = parseProxyHeader(bytes);
        if (header.state === 'incomplete') expect(bytes.length).to.be.lessThan(2048);
        if (header.state === 'whole') expect(header.length).to.be.at.most(bytes.length);
      }),
    );
  });
});
