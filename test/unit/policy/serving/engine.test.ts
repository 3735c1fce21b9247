import { expect } from 'chai';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { clampDecision } from '../../../../src/policy/serving/clamp.js';
import { canonicalJson, NotCanonical } from '../../../../src/policy/json/canonical.js';
import { parseJson, parseValue, writeJson } from '../../../../src/policy/json/lossless.js';
import { RegoSet } from '../../../../src/policy/json/terms.js';
import type { PolicyEngine } from '../../../../src/policy/serving/engine.js';
import { ALLOW, engineOf, requestInput } from '../engine-of.js';

describe('policy engine', () => {
  let engine: PolicyEngine;
  before(async () => {
    engine = await engineOf({ rego: ALLOW, revision: '2026-11-23' });
  });

  it('answers with the result, the revision and the digest of the canonical input', async () => {
    const input = requestInput();
    const evaluation = await engine.decide(input);
    const digest = createHash('sha256').update(canonicalJson(input)).digest('hex');
    expect(evaluation).to.include({ revision: '2026-11-23', inputDigest: `sha256:${digest}` });
    expect(evaluation.result.grant?.scopes).to.deep.equal(input.request.scopes);
    expect(evaluation.evaluationMicros).to.be.greaterThan(0);
  });

  it('gives an equal decision and digest whatever the order of keys', async () => {
    const input = requestInput();
    const turned = Object.fromEntries(Object.entries(input).reverse()) as typeof input;
    const [a, b] = [await engine.decide(input), await engine.decide(turned)];
    expect(b.inputDigest).to.equal(a.inputDigest);
    expect(b.result).to.deep.equal(a.result);
  });

  it('a bundle that returns more than was asked is seen to be clamped', async () => {
    const greedy = await engineOf({
      rego: ALLOW.replace('input.request.scopes', '["*", "admin"]'),
    });
    const input = requestInput();
    const evaluation = await greedy.decide(input);
    expect(evaluation.result.grant?.scopes).to.deep.equal(['*', 'admin']);
    expect(clampDecision(evaluation, input, [])).to.deep.include({ effect: 'deny', clamped: true });
  });
});

describe('canonical JSON (RFC 8785)', () => {
  it('writes the numbers, texts and order of the RFC', () => {
    expect(
      canonicalJson({ b: [0.000001, 1e-7, -0, 4.5], a: "\u20ac$\u000f\nA'\u0042\u0022\u005c" }),
    ).to.equal('{"a":"€$\\u000f\\nA\'B\\"\\\\","b":[0.000001,1e-7,0,4.5]}');
  });

  it('is equal for equal documents and parses back to them', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        let text: string;
        try {
          text = canonicalJson(value);
        } catch (error) {
          expect(error).to.be.instanceOf(NotCanonical);
          return;
        }
        expect(canonicalJson(JSON.parse(text))).to.equal(text);
      }),
    );
  });

  it('leaves out undefined members, and refuses undefined elsewhere', () => {
    expect(canonicalJson({ a: undefined, b: 1 })).to.equal('{"b":1}');
    expect(() => canonicalJson([undefined])).to.throw(NotCanonical);
    expect(() => canonicalJson(new Array(2))).to.throw(NotCanonical);
  });

  it('names the place of a fault as a JSON pointer with escapes', () => {
    const refused = (value: unknown) => expect(() => canonicalJson(value));
    refused({ 'a/b': [{ '~c': NaN }] }).to.throw(NotCanonical, /^\/a~1b\/0\/~0c: /);
  });
});

describe('values between WASM and host', () => {
  it('keep integers above 2^53', () => {
    expect(parseJson('{"a":9223372036854775807}')).to.deep.equal(
      Object.assign(Object.create(null) as object, { a: 9223372036854775807n }),
    );
    expect(writeJson([9223372036854775807n, 1])).to.equal('[9223372036854775807,1]');
  });

  it('tell sets from objects and arrays', () => {
    const [set, empty, object] = parseValue('[{3, 1, "a"}, set(), {}]') as unknown[];
    expect((set as RegoSet).members).to.deep.equal([1, 3, 'a']);
    expect((empty as RegoSet).members).to.deep.equal([]);
    expect(object).to.not.be.instanceOf(RegoSet);
  });

  it('keep __proto__ a member like any other', () => {
    const value = parseValue('{"__proto__": 1}') as Record<string, unknown>;
    expect(Object.keys(value)).to.deep.equal(['__proto__']);
    expect(writeJson(value)).to.equal('{"__proto__":1}');
  });

  it('read back what was written', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(writeJson(parseValue(text)))).to.deep.equal(JSON.parse(text));
      }),
    );
  });
});
