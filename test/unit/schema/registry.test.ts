import { expect } from 'chai';
import fc from 'fast-check';
import { isScope, MAX_SCOPE_CHARS } from '../../../src/domain/scope.js';
import { isRecordId } from '../../../src/registry/record-id.js';
import {
  agentSpecSchema,
  RECORD_ID_PATTERN,
  resourceServerSpecSchema,
  resourceSpecSchema,
  SCOPE_PATTERN,
} from '../../../src/schema/registry.js';

/** Every object schema inside a schema. */
function objects(schema: unknown): Record<string, unknown>[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = Object.entries(schema).flatMap(([key, value]) =>
    // Conditions restrict what another schema has closed already.
    ['if', 'then', 'allOf', 'enum', 'required'].includes(key) ? [] : objects(value),
  );
  const own = schema as Record<string, unknown>;
  return own['type'] === 'object' ? [own, ...inner] : inner;
}

describe('the registry schemas', () => {
  it('are closed at every level', () => {
    const all = [agentSpecSchema, resourceSpecSchema, resourceServerSpecSchema].flatMap(objects);
    expect(all.length).to.be.greaterThan(8);
    for (const schema of all) expect(schema).to.have.property('additionalProperties');
    expect(all.filter((schema) => schema['additionalProperties'] === true)).to.deep.equal([]);
  });

  const alphabet = fc.constantFrom(...'abZ09:*._~@/=+- é\n"\\'.split(''));
  const scopeLike = fc.oneof(
    fc.string({ unit: alphabet, maxLength: 24 }),
    fc.stringMatching(/^[a-z]{1,4}(:[a-z]{1,130}){0,4}(:\*)?$/),
  );

  it('take exactly the scopes the domain takes', () => {
    const pattern = new RegExp(SCOPE_PATTERN, 'u');
    fc.assert(
      fc.property(scopeLike, (text) => {
        expect(pattern.test(text) && text.length <= MAX_SCOPE_CHARS).to.equal(isScope(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('take exactly the ids the registry looks up', () => {
    const pattern = new RegExp(RECORD_ID_PATTERN, 'u');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 70 }), (text) => {
        expect(pattern.test(text)).to.equal(isRecordId(text));
      }),
    );
  });
});
