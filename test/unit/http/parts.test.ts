import { expect } from 'chai';
import fc from 'fast-check';
import { CountersignError } from '../../../src/domain/errors.js';
import { codecOf } from '../../../src/http/content-type.js';
import { isLoopback } from '../../../src/http/loopback.js';
import { requestIdOf } from '../../../src/http/request-id.js';
import { timeOf } from '../../../src/http/query-time.js';

describe('request ids', () => {
  it('are always well-formed, and never a secret or a token', () => {
    const anyId = fc.oneof(fc.string(), fc.stringMatching(/^cs[kra]_[0-9A-Za-z]{20,50}$/));
    fc.assert(
      fc.property(anyId, (inbound) => {
        const id = requestIdOf(inbound);
        expect(id).to.match(/^[A-Za-z0-9_-]{8,64}$/);
        expect(id).not.to.match(/^cs[a-z]_/);
      }),
    );
  });
});

describe('codecs', () => {
  it('no other type, parameter or charset is taken for JSON or a form', () => {
    const taken = ['application/json', 'application/x-www-form-urlencoded'];
    for (const type of taken) expect(codecOf(type)).not.to.equal(undefined);
    fc.assert(
      fc.property(fc.constantFrom(...taken), fc.string({ minLength: 1 }), (type, more) => {
        fc.pre(!/^\s*(;\s*charset="?(utf-?8|iso-8859-1)"?\s*)?(;\s*)?$/i.test(more));
        expect(codecOf(type + more)).to.equal(undefined);
      }),
    );
  });
});

describe('charsets', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const utf8 = ['utf-8', 'utf8', 'UTF8', '"UTF-8"', '"utf8"', 'utf-8;', 'utf-8 ; '];

  it('UTF-8 in any spelling is accepted for both codecs, with a trailing semicolon', () => {
    for (const charset of utf8) {
      expect(codecOf(`application/json; charset=${charset}`), charset).to.equal('json');
      expect(codecOf(`${FORM};charset=${charset}`), charset).to.equal('form');
    }
    expect(codecOf(`${FORM};`)).to.equal('form');
  });

  it('ISO-8859-1 is accepted for a form alone', () => {
    for (const charset of ['ISO-8859-1', 'iso-8859-1', '"ISO-8859-1"', 'ISO-8859-1;']) {
      expect(codecOf(`${FORM}; charset=${charset}`), charset).to.equal('form');
      expect(codecOf(`application/json; charset=${charset}`), charset).to.equal(undefined);
    }
  });

  it('a second charset, another one or an unbalanced quote is refused', () => {
    const bad = [
      'utf-8; charset=iso-8859-1',
      'utf-8; charset=utf-8',
      'utf-16',
      'latin1',
      "'utf-8'",
    ];
    for (const charset of [
      ...bad,
      '"utf-8',
      'utf-8"',
      '"utf-8;"',
      '"utf\\-8"',
      '',
      'utf--8',
      'utf-8;;',
    ]) {
      expect(codecOf(`${FORM}; charset=${charset}`), charset).to.equal(undefined);
    }
  });
});

describe('times in queries', () => {
  it('every instant is read back from its RFC 3339 text and from its number', () => {
    const latest = Date.UTC(9999, 11, 31);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: latest }), (ms) => {
        expect(timeOf('since', new Date(ms).toISOString())).to.equal(ms);
        expect(timeOf('since', String(ms))).to.equal(ms);
      }),
    );
  });

  it('takes offsets, also one with a + that arrived as a space', () => {
    const ms = Date.UTC(2026, 0, 1, 10);
    for (const text of ['2026-01-01T12:00:00+02:00', '2026-01-01T12:00:00 02:00']) {
      expect(timeOf('since', text)).to.equal(ms);
    }
    expect(timeOf('since', '2026-01-01t05:00:00.123456-05:00')).to.equal(ms + 123);
  });

  for (const text of [
    '',
    'now',
    '2026-01-01',
    '2026-13-01T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '1e3',
  ]) {
    it(`refuses "${text}"`, () => {
      expect(() => timeOf('since', text)).to.throw(CountersignError);
    });
  }
});

describe('loopback', () => {
  it('is only what cannot be reached from elsewhere', () => {
    for (const host of [
      ...['127.0.0.1', '127.9.9.9', '::1', 'localhost', '0:0:0:0:0:0:0:1'],
      ...['::ffff:127.0.0.1', '::ffff:7f00:1'],
    ]) {
      expect(isLoopback(host)).to.equal(true);
    }
    for (const host of [
      ...['0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'host', ''],
      ...['::ffff:10.0.0.1', 'fe80::1%eth0', '[::1]'],
    ]) {
      expect(isLoopback(host)).to.equal(false);
    }
  });
});
