import { expect } from 'chai';
import fc from 'fast-check';
import { INPUT_SCHEMA, isPromised } from '../../../../src/policy/admission/inputs/input-schema.js';
import { policyInputs } from '../../../../src/policy/admission/inputs/policy-inputs.js';
import { reduceInput } from '../../../../src/policy/admission/inputs/reduce.js';
import { arbitraryOf } from '../../../../src/policy/admission/inputs/schema-arbitrary.js';
import { vocabularyOf } from '../../../../src/policy/admission/inputs/vocabulary.js';
import { compileCheck } from '../../../../src/schema/compile.js';
import { fixtureBundle } from '../../../support/bundles/build.js';
import { searchPolicy } from './policies.js';

const WORDS = { scopes: ['a:x'], resources: ['r'], roles: ['role'], texts: ['t'], numbers: [5] };

describe('documents generated from a schema', () => {
  it('match it', () => {
    const matches = compileCheck(INPUT_SCHEMA);
    fc.assert(
      fc.property(arbitraryOf(INPUT_SCHEMA), (document) => {
        expect(matches(document).ok, JSON.stringify(document)).to.equal(true);
      }),
    );
  });

  it('match it and what the service promises, in the words of a policy', () => {
    fc.assert(
      fc.property(policyInputs(WORDS), (input) => {
        expect(isPromised(input), JSON.stringify(input)).to.equal(true);
        expect(input.request.ttl_seconds).to.be.within(1, 86_400);
      }),
    );
  });

  it('follow local references, and have members that are not named where these are allowed', () => {
    const schema = {
      type: 'object',
      required: ['a'],
      additionalProperties: { type: 'boolean' },
      properties: { a: { $ref: '#/$defs/name' } },
      $defs: { name: { type: 'string', pattern: '^[a-c]{2}$' } },
    };
    const matches = compileCheck(schema);
    const documents = fc.sample(arbitraryOf(schema), 200) as Record<string, unknown>[];
    expect(documents.every((one) => matches(one).ok)).to.equal(true);
    expect(documents.some((one) => Object.keys(one).length > 1)).to.equal(true);
  });

  it('are refused for a keyword that is not understood', () => {
    expect(() => arbitraryOf({ type: 'string', minLength: 3 } as object)).to.throw(
      RangeError,
      /minLength/,
    );
    expect(() => arbitraryOf({ $ref: 'https://elsewhere.example/schema' })).to.throw(RangeError);
    expect(() => arbitraryOf({})).to.throw(RangeError);
  });
});

describe('the words of a policy', () => {
  it('are those of its data and of its literals', async () => {
    const bundle = await fixtureBundle({
      rego: searchPolicy(),
      data: { teams: { finance: ['pay:invoices', 7] } },
    });
    const words = vocabularyOf(bundle, 'countersign/decision', []);
    expect(words.scopes).to.include.members(['pay:invoices', 'search', 'read:books']);
    expect(words.resources).to.include.members(['finance', 'library']);
    expect(words.roles).to.include('reader');
    expect(words.numbers).to.include(7);
    expect(words.texts).not.to.include.members(['ttl_seconds']);
  });

  it('are also those of its module, which the sources beside it may lack', async () => {
    const bundle = await fixtureBundle({ rego: searchPolicy() });
    const sources = new Map([['countersign/policy.rego', 'package countersign\n\nx := "decoy"']]);
    const words = vocabularyOf({ ...bundle, sources }, 'countersign/decision', []);
    expect(words.resources).to.include.members(['decoy', 'library']);
    expect(words.scopes).to.include.members(['search', 'read:books']);
  });
});

describe('an input made smaller', () => {
  it('keeps what shows and stays as promised', () => {
    const inputs = fc.sample(policyInputs(WORDS), { numRuns: 50, seed: 1 });
    for (const input of inputs) {
      const small = reduceInput(input, ({ agent }) => agent.grants.length > 0, Infinity);
      expect(isPromised(small)).to.equal(true);
      expect(small.agent.grants.length).to.equal(Math.min(1, input.agent.grants.length));
      if (input.agent.grants.length > 0) expect(small.request.scopes).to.have.length(1);
    }
  });
});
