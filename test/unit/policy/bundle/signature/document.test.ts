import { expect } from 'chai';
import { hashedText } from '../../../../../src/policy/bundle/signature/document.js';

const text = (json: string): string => hashedText(Buffer.from(json));

describe('the text a document is hashed as', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['white space is left out', ' {\n "a" : [ 1 ,\t2 ] }\r\n', '{"a":[1,2]}'],
    ['numbers stay as they were written', '[1e2,1.0,1E400,-0,10]', '[1e2,1.0,1E400,-0,10]'],
    ['keys are sorted', '{"b":1,"a":{"d":1,"c":2}}', '{"a":{"c":2,"d":1},"b":1}'],
    ['keys are sorted by their bytes', '{"\u{10000}":1,"\uffee":2}', '{"\uffee":2,"\u{10000}":1}'],
    ['the last of two keys counts', '{"a":1,"\\u0061":2}', '{"a":2}'],
    ['escapes that need not be are undone', '"\\u0041\\/"', '"A/"'],
    [
      'what must be escaped is',
      '"\\u0008\\f\\n\\r\\t\\u001F\\"\\\\"',
      '"\\b\\f\\n\\r\\t\\u001f\\"\\\\"',
    ],
    ['HTML is not escaped, the line separators are', '"<&>\u2028\u2029"', '"<&>\\u2028\\u2029"'],
    ['delete is not escaped', '"\u007f"', '"\u007f"'],
    ['words stay', '[true,false,null,[],{},""]', '[true,false,null,[],{},""]'],
    ['a brace in a text is a text', '{"}":"]\\\\"}', '{"}":"]\\\\"}'],
    ['a text that ends in backslashes', '["\\\\","\\\\\\"","a"]', '["\\\\","\\\\\\"","a"]'],
    ['__proto__ is a key', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}'],
  ];
  for (const [what, json, hashed] of cases) {
    it(what, () => {
      expect(text(json)).to.equal(hashed);
    });
  }

  it('takes a text of megabytes, and one of nothing but escapes', () => {
    const long = JSON.stringify('\\"'.repeat(2_000_000));
    expect(text(long) === long).to.equal(true);
  });

  it('refuses what is not JSON, what Go would read otherwise, and what is too deep', () => {
    for (const json of ['', '{', '[1,]', '01', '"\\ud800"', '{"\\udc00":1}', '\ufeff{}', '1 2']) {
      expect(() => text(json), json).to.throw(SyntaxError);
    }
    expect(() => hashedText(Buffer.from([0x22, 0xff, 0x22]))).to.throw(TypeError);
    expect(() => text('['.repeat(200) + ']'.repeat(200))).to.throw(SyntaxError, 'deeply');
  });
});
