import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import fc from 'fast-check';
import { createSourceOf, type ForwardedHeader } from '../../../../src/http/proxies/source.js';

const PROXIES = ['10.0.0.0/8', '2001:db8:aaaa::/48'];
const HEADERS: readonly ForwardedHeader[] = ['x-forwarded-for', 'forwarded'];

/** The source of a request from a peer with these headers. */
function sourceOf(
  remoteAddress: string | undefined,
  headers: Readonly<Record<string, string>>,
  forwardedHeader: ForwardedHeader = 'x-forwarded-for',
  trustedProxies: readonly string[] = PROXIES,
): string {
  const req = { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
  return createSourceOf({ trustedProxies, forwardedHeader })(req);
}

const nodeOf = (address: string): string => (address.includes(':') ? `"[${address}]"` : address);
/** What a proxy appends for the peer it got the request from. */
const appended = (header: ForwardedHeader, before: string | undefined, peer: string): string => {
  const own = header === 'forwarded' ? `for=${nodeOf(peer)};proto=https` : peer;
  return before === undefined ? own : `${before}, ${own}`;
};

describe('where a request comes from', () => {
  it("is the peer while no proxy is trusted: a stranger's header is not read", () => {
    const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.1' };
    for (const header of HEADERS) {
      expect(sourceOf('192.0.2.1', headers, header, [])).to.equal('192.0.2.1');
      expect(sourceOf('192.0.2.1', headers, header)).to.equal('192.0.2.1');
    }
    expect(sourceOf('127.0.0.1', headers, 'x-forwarded-for', [])).to.equal('127.0.0.1');
    expect(sourceOf(undefined, headers)).to.equal('local');
  });

  it('is the last hop that is no trusted proxy', () => {
    const list = '203.0.113.9, 198.51.100.1, 10.0.0.2';
    expect(sourceOf('10.0.0.1', { 'x-forwarded-for': list })).to.equal('198.51.100.1');
    expect(sourceOf('::ffff:10.0.0.1', { 'x-forwarded-for': list })).to.equal('198.51.100.1');
    expect(sourceOf('2001:db8:aaaa::1', { 'x-forwarded-for': list })).to.equal('198.51.100.1');
    const forwarded = 'for=203.0.113.9, for="[2001:db8::9]:80", for=10.0.0.2';
    expect(sourceOf('10.0.0.1', { forwarded }, 'forwarded')).to.equal('2001:db8::9');
  });

  it('is the peer when the header does not say', () => {
    const silent = [
      '',
      'unknown',
      '_hidden',
      'x',
      '10.0.0.2',
      '198.51.100.1, unknown',
      '198.51.100.1,',
    ];
    for (const list of silent) {
      expect(sourceOf('10.0.0.1', { 'x-forwarded-for': list }), list).to.equal('10.0.0.1');
    }
    expect(sourceOf('10.0.0.1', {})).to.equal('10.0.0.1');
    const long = Array<string>(100).fill('10.0.0.2').join(',');
    expect(sourceOf('10.0.0.1', { 'x-forwarded-for': `1.1.1.1,${long}` })).to.equal('10.0.0.1');
  });

  it('is never what the header says that was not configured', () => {
    const both = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=203.0.113.1' };
    expect(sourceOf('10.0.0.1', both)).to.equal('198.51.100.1');
    expect(sourceOf('10.0.0.1', both, 'forwarded')).to.equal('203.0.113.1');
    expect(sourceOf('10.0.0.1', { forwarded: 'for=203.0.113.1' })).to.equal('10.0.0.1');
  });

  for (const header of HEADERS) {
    it(`${header}: a stranger is found behind any row of proxies, whatever header it made up`, () => {
      const text = fc.oneof(
        fc.string({ maxLength: 60 }),
        fc.string({ unit: fc.constantFrom('"', '\\', ',', ';', 'for=', '10.0.0.1', ' ') }),
        fc.array(fc.ipV4(), { maxLength: 5 }).map((list) => list.join(', ')),
      );
      const stranger = fc.oneof(fc.constant('192.0.2.66'), fc.constant('2001:db8:bbbb::66'));
      const proxies = fc.array(
        fc.oneof(
          fc.nat(255).map((n) => `10.0.0.${String(n)}`),
          fc.nat(0xffff).map((n) => `2001:db8:aaaa::${n.toString(16)}`),
        ),
        { minLength: 1, maxLength: 5 },
      );
      fc.assert(
        fc.property(fc.option(text, { nil: undefined }), stranger, proxies, (made, from, row) => {
          let value = made;
          let peer: string = from;
          for (const proxy of row) {
            value = appended(header, value, peer);
            peer = proxy;
          }
          expect(sourceOf(peer, { [header]: value ?? '' }, header)).to.equal(from);
          // Straight to the service, past the proxies, it is found at once.
          expect(sourceOf(from, { [header]: made ?? '' }, header)).to.equal(from);
        }),
      );
    });
  }
});
