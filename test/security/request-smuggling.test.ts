import { expect } from 'chai';
import { parseForm, parseFormRequest } from '../../src/request/form.js';
import { parseJsonRequest } from '../../src/request/json.js';
import { bytes, caught } from '../unit/request/caught.js';

const members = '"resource":"stripe","scope":"read_invoices"';
const form = 'grant_type=client_credentials&resource=stripe&scope=read_invoices';

function refusedJson(text: string): string {
  return refusedJsonBytes(bytes(text));
}

function refusedJsonBytes(body: Uint8Array): string {
  const error = caught(() => parseJsonRequest(body));
  expect(error.code).to.equal('invalid_request');
  return error.detail;
}

function refusedForm(text: string): string {
  return refusedFormBytes(bytes(text));
}

function refusedFormBytes(body: Uint8Array): string {
  const error = caught(() => parseFormRequest(body));
  expect(error.code).to.equal('invalid_request');
  return error.detail;
}

function around(raw: number[]): Uint8Array {
  return Uint8Array.from([...bytes(`{${members},"reason":"a`), ...raw, ...bytes('b"}')]);
}

describe('duplicate key smuggling', () => {
  it('is refused at the top', () => {
    expect(refusedJson(`{${members},"scope":"export_all"}`)).to.match(/^scope is given twice/);
  });

  it('is refused when one key is escaped', () => {
    expect(refusedJson(`{${members},"sc\\u006fpe":"export_all"}`)).to.match(/^scope is given/);
  });

  it('is refused in an object inside an unknown member', () => {
    refusedJson(`{${members},"x":[{"a":1,"b":{"a":1,"a":2}}]}`);
  });

  it('is refused when the two are equal', () => {
    refusedJson(`{${members},"ttl":60,"ttl":60}`);
  });

  it('does not mistake equal keys of different objects for one', () => {
    const body = bytes(`{${members},"x":{"scope":1,"y":{"scope":2}},"z":[{"a":1},{"a":1}]}`);
    expect(parseJsonRequest(body).request.scopes).to.deep.equal(['read_invoices']);
  });

  it('is refused in a form, encoded or not, known or not', () => {
    expect(refusedForm(`${form}&scope=export_all`)).to.match(/^scope is given twice/);
    refusedForm(`${form}&%73cope=export_all`);
    refusedForm(`${form}&x=1&x=1`);
  });

  it('never repeats a name it does not know, which may be a secret in the wrong place', () => {
    expect(refusedJson(`{${members},"csk_x":1,"csk_x":2}`)).not.to.contain('csk_x');
    expect(refusedForm(`${form}&csk_x=1&csk_x=2`)).not.to.contain('csk_x');
  });
});

describe('prototype pollution', () => {
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    it(`${name} is refused at the top, deep inside, and escaped`, () => {
      const escaped = name.replace('o', '\\u006f');
      refusedJson(`{${members},"${name}":{"scope":"export_all"}}`);
      refusedJson(`{${members},"${escaped}":1}`);
      refusedJson(`{${members},"x":[[{"y":{"${name}":{"admin":true}}}]]}`);
    });

    it(`${name} is refused in a form`, () => {
      refusedForm(`${form}&${name}=1`);
      refusedForm(`${form}&${name.replace('o', '%6F')}=1`);
      expect(caught(() => parseForm(bytes(name))).code).to.equal('invalid_request');
    });
  }

  it('leaves the prototype of objects alone', () => {
    expect(({} as Record<string, unknown>)['scope']).to.equal(undefined);
  });

  it('does not read members an object inherits', () => {
    const parsed = parseJsonRequest(bytes(`{${members}}`));
    expect(parsed.request.declared).to.deep.equal({});
  });
});

describe('overlong and broken UTF-8', () => {
  const sequences: [string, number[]][] = [
    ['an overlong slash of two bytes', [0xc0, 0xaf]],
    ['an overlong NUL', [0xc0, 0x80]],
    ['an overlong slash of three bytes', [0xe0, 0x80, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a code point over U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a continuation byte alone', [0x80]],
    ['a sequence that ends early', [0xe2, 0x82]],
    ['0xFF', [0xff]],
  ];
  for (const [what, raw] of sequences) {
    it(`${what} is refused in JSON, in a form, and percent-encoded`, () => {
      expect(refusedJsonBytes(around(raw))).to.equal('The body is not well-formed UTF-8.');
      refusedFormBytes(Uint8Array.from([...bytes(`${form}&reason=a`), ...raw]));
      const encoded = raw.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      refusedForm(`${form}&reason=a${encoded}b`);
    });
  }

  it('a byte order mark is refused', () => {
    refusedJsonBytes(Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes(`{${members}}`)]));
  });

  it('UTF-16 is refused', () => {
    refusedJsonBytes(new Uint8Array(Buffer.from(`\ufeff{${members}}`, 'utf16le')));
  });
});

describe('NUL and lone surrogates', () => {
  for (const escape of ['\\u0000', '\\ud800', '\\udc00', '\\udc00\\ud800']) {
    it(`${escape} is refused in values and names, known or not, at any depth`, () => {
      refusedJson(`{${members},"reason":"a${escape}b"}`);
      refusedJson(`{${members},"x":[{"y":["a${escape}b"]}]}`);
      refusedJson(`{${members},"x":{"a${escape}":1}}`);
    });
  }

  it('NUL is refused raw and in a form', () => {
    refusedJsonBytes(around([0]));
    refusedForm(`${form}&client_secret=a%00b`);
    refusedForm(`${form}&a%00b=1`);
    refusedForm(`${form}&x=\0`);
  });

  it('a surrogate pair is a character like any other', () => {
    const body = bytes(`{${members},"reason":"\\ud83d\\ude00"}`);
    expect(parseJsonRequest(body).request.declared.reason).to.equal('\u{1f600}');
  });
});

describe('depth bomb', () => {
  const nested = (depth: number, open: string, close: string): string =>
    `{${members},"x":${open.repeat(depth - 1)}1${close.repeat(depth - 1)}}`;

  it('64 levels are read', () => {
    expect(parseJsonRequest(bytes(nested(64, '[', ']'))).request.resource).to.equal('stripe');
    expect(parseJsonRequest(bytes(nested(64, '{"a":', '}'))).request.resource).to.equal('stripe');
  });

  it('65 levels are refused', () => {
    expect(refusedJson(nested(65, '[', ']'))).to.contain('64 levels');
    expect(refusedJson(nested(65, '{"a":', '}'))).to.contain('64 levels');
  });

  it('60,000 levels are refused as such, before a parser sees them', () => {
    expect(refusedJson('['.repeat(60_000))).to.contain('64 levels');
    expect(refusedJson('{"a":'.repeat(12_000))).to.contain('64 levels');
  });

  it('brackets inside strings do not count, and an escaped quote does not end a string', () => {
    const body = bytes(`{${members},"reason":"${'['.repeat(100)}\\"${'{'.repeat(100)}\\\\"}`);
    expect(parseJsonRequest(body).request.declared.reason).to.have.length(202);
  });
});

describe('oversized body', () => {
  it('is refused by both codecs even if the listener let it through', () => {
    const body = new Uint8Array(65_537).fill(0x20);
    expect(caught(() => parseJsonRequest(body)).code).to.equal('payload_too_large');
    expect(caught(() => parseFormRequest(body)).code).to.equal('payload_too_large');
  });
});
