import { expect } from 'chai';
import fc from 'fast-check';
import { parseStrictJson } from '../../src/request/strict-json.js';
import { parseCompactJws } from '../../src/token/jws.js';
import { claimedSubject } from '../../src/identity/assertion-subject.js';

const pieces = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '"\\u0061"',
    '"__proto__"',
    '"constructor"',
    '1',
    'null',
  ],
  ...['"sub":"x"', '"a":{}', '"\\u0000"', '"\\ud800"', '\ufeff', '//', ' ', '[]', 'true', '\u00e9'],
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 8 }).map((parts) => `{${parts.join('')}}`),
  fc
    .array(fc.constantFrom('"a":1', '"b":{"a":1}', '"\\u0061":2', '"sub":"x"', '"prototype":1'))
    .map((members) => `{${members.join(',')}}`),
  fc.integer({ min: 60, max: 68 }).map((depth) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`),
  fc.jsonValue().map((value) => JSON.stringify({ value })),
);
const bodies = fc.oneof(
  texts.map((text) => Buffer.from(text)),
  fc
    .uint8Array({ maxLength: 4 })
    .map((bytes) => Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')])),
);

function accepts(parse: () => unknown): boolean {
  try {
    return parse() !== undefined;
  } catch {
    return false;
  }
}

describe('strict JSON', () => {
  it('is accepted in a request and in a token alike, with equal members', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const header = Buffer.from('{}').toString('base64url');
        const assertion = `${header}.${body.toString('base64url')}.AAAA`;
        const isRequest = accepts(() => parseStrictJson(body));
        const token = assertion.length > 4096 ? undefined : parseCompactJws(assertion);
        if (assertion.length <= 4096) expect(token !== undefined).to.equal(isRequest);
        if (token === undefined) expect(claimedSubject(assertion)).to.equal(undefined);
        else {
          const members = parseStrictJson(body);
          expect(token.payload).to.deep.equal(Object.fromEntries(members));
          const sub = members.get('sub');
          expect(claimedSubject(assertion)).to.equal(typeof sub === 'string' ? sub : undefined);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
