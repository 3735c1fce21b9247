import { expect } from 'chai';
import type * as generated from '../../../rego/types/policy.js';
import { typesOf } from '../../../scripts/lib/schema-types.mjs';
import type { PolicyInput, PolicyResult } from '../../../src/domain/policy.js';
import type { CaseFile } from '../../../src/policy/author/case-file.js';

/** A type with every name resolved and every member said to be there or not, all the way down. */
type Spelled<T> = T extends readonly (infer Item)[]
  ? readonly Spelled<Item>[]
  : T extends object
    ? {
        readonly [Name in keyof T]-?: readonly [
          Spelled<Exclude<T[Name], undefined>>,
          Partial<Pick<T, Name>> extends Pick<T, Name> ? 'may be missing' : 'is there',
        ];
      }
    : T;

/** True when each of two types can stand for the other, member by member. */
type Same<A, B> = [Spelled<A>, Spelled<B>] extends [Spelled<B>, Spelled<A>] ? true : false;

// tsc refuses the wrong answer: these lines are the test.
const input: Same<PolicyInput, generated.PolicyInput> = true;
const result: Same<PolicyResult, generated.PolicyResult> = true;
const optional: Same<{ a: string }, { a: string; b?: string }> = false;
const deep: Same<{ a: readonly { b: 'x' }[] }, { a: readonly { b: string }[] }> = false;

describe('the types made from the schemas', () => {
  it('are those of the code', () => {
    expect({ input, result }).to.deep.equal({ input: true, result: true });
  });

  it('differ by an optional member, and by a nested one', () => {
    expect([optional, deep]).to.deep.equal([false, false]);
  });

  it('let an author write cases that the reader takes', () => {
    const cases: generated.PolicyCases = {
      about: 'One case.',
      cases: [
        {
          name: 'x',
          ask: { resource: 'api', scopes: ['a'] },
          expect: { effect: 'deny', codes: [] },
        },
      ],
    };
    const read: CaseFile = cases;
    expect(read.cases).to.have.length(1);
  });

  it('refuse a schema they would say less than', () => {
    for (const [schema, problem] of [
      [{ allOf: [{ type: 'string' }] }, 'X: allOf has no type here'],
      [{ patternProperties: {} }, 'X: patternProperties has no type here'],
      [
        { type: 'array', items: { type: 'integer', multipleOf: 2 } },
        'X[]: multipleOf has no type here',
      ],
      [{ type: 'object', properties: {} }, 'X: an object with properties must be closed'],
      [{ $ref: 'https://example.com/x' }, 'X: https://example.com/x is no local reference'],
      [{ type: 'date' }, 'X: there is no type'],
      [{ oneOf: [{ type: 'string' }, { type: 'date' }] }, 'X: there is no type'],
    ] as const) {
      expect(() => typesOf('X', schema), problem).to.throw(problem);
    }
  });

  it('are unions of alternatives, unknown without a constraint, and records without named members', () => {
    for (const [schema, type] of [
      [{ oneOf: [{ type: 'string' }, { const: 1 }] }, 'string | 1'],
      [{ anyOf: [{ type: 'boolean' }, { type: 'null' }] }, 'boolean | null'],
      [{ type: ['number', 'null'] }, 'number | null'],
      [{ type: 'array', items: { type: ['number', 'null'] } }, 'readonly (number | null)[]'],
      [{ allOf: [{ if: {}, then: {} }], type: 'string' }, 'string'],
      [{ description: 'Any value.' }, 'unknown'],
      [{ type: 'object', properties: { d: false } }, 'Readonly<Record<string, unknown>>'],
    ] as const) {
      expect(typesOf('X', schema))
        .to.match(/export type X = (.*);$/s)
        .and.contain(`= ${type};`);
    }
  });

  it('say what each keyword means', () => {
    const schema = {
      $defs: { word_list: { type: 'array', items: { type: 'string' } } },
      type: 'object',
      required: ['a'],
      additionalProperties: false,
      properties: {
        a: { $ref: '#/$defs/word_list' },
        b: { description: 'A */ b.', const: true },
        c: { type: 'object', additionalProperties: { enum: ['x', 'y'] } },
      },
    };
    expect(typesOf('X', schema).replace(/\s+/g, ' ')).to.equal(
      'export type XWordList = readonly (string)[]; export type X = { readonly "a": XWordList; ' +
        '/** A *\\/ b. */ readonly "b"?: true; readonly "c"?: Readonly<Record<string, "x" | "y">>; };',
    );
  });
});
