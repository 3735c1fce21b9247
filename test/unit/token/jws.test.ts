import { expect } from 'chai';
import { parseCompactJws } from '../../../src/token/jws.js';
import { parseStrictObject } from '../../../src/schema/strict-json.js';
import { part } from '../../support/tokens.js';

const HEADER = part({ alg: 'ES256' });
const PAYLOAD = part({ sub: 'x' });

describe('compact JWS', () => {
  it('reads three canonical parts', () => {
    expect(parseCompactJws(`${HEADER}.${PAYLOAD}.AAAA`)).to.deep.equal({
      header: { alg: 'ES256' },
      payload: { sub: 'x' },
    });
  });

  it('refuses any other number of parts', () => {
    for (const text of [HEADER, `${HEADER}.${PAYLOAD}`, `${HEADER}.${PAYLOAD}.AAAA.AAAA`]) {
      expect(parseCompactJws(text)).to.equal(undefined);
    }
  });

  it('refuses a byte order mark by itself', () => {
    expect(parseCompactJws(`${part('\ufeff{}')}.${PAYLOAD}.AAAA`)).to.equal(undefined);
  });
});

describe('strict JSON', () => {
  const parse = (text: string): unknown => parseStrictObject(Buffer.from(text));

  it('reads names and texts full of what looks like members', () => {
    const value = { 'a:"b"': ':::', '{"c":1}': [{ 'a:"b"': '\\":' }, ':'], '': {} };
    expect(parse(JSON.stringify(value, null, 2))).to.deep.equal(value);
  });

  it('refuses duplicates at any depth, in any spelling', () => {
    for (const text of [
      '{"a":1,"a":1}',
      '{"b":[[{"a":1,"\\u0061":2}]]}',
      '{"__proto__":1,"__proto__":2}',
    ]) {
      expect(parse(text)).to.equal(undefined);
    }
  });

  it('reads 64 levels, and refuses deeper text without a fault', () => {
    const nested = (depth: number): unknown =>
      parse(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(nested(63)).to.have.property('a');
    for (const depth of [64, 1500]) expect(nested(depth)).to.equal(undefined);
  });
});
