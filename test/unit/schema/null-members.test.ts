import { expect } from 'chai';
import { agentSpecSchema } from '../../../src/schema/registry.js';
import { withoutNullMembers } from '../../../src/schema/null-members.js';

const text = { type: 'string' };

describe('null members of a document', () => {
  const of = (value: unknown, properties: object, more: object = {}): unknown =>
    withoutNullMembers(value, { type: 'object', properties, ...more });

  it('are left out when they are optional and cannot be null, at every level', () => {
    const inner = { type: 'object', properties: { a: text, b: { enum: ['x'] } } };
    const properties = { one: inner, many: { type: 'array', items: inner }, b: { const: 'x' } };
    const given = { one: { a: null, b: 'x' }, many: [{ a: 'y', b: null }, {}], b: null };
    const kept = { one: { b: 'x' }, many: [{ a: 'y' }, {}] };
    expect(of(given, properties)).to.deep.equal(kept);
  });

  it('stay when they are required, so that the schema refuses them', () => {
    const given = { a: null, b: null };
    expect(of(given, { a: text, b: text }, { required: ['a'] })).to.deep.equal({ a: null });
  });

  it('stay when null is a value of the member', () => {
    const properties = { a: { type: ['string', 'null'] }, b: { enum: [null] }, c: {}, d: false };
    const given = { a: null, b: null, c: null, d: null };
    expect(of(given, properties)).to.deep.equal(given);
  });

  it('stay when the schema does not name the member, and in arrays', () => {
    const free = {
      labels: { type: 'object', additionalProperties: text },
      input: { type: 'object' },
    };
    const given = { labels: { a: null }, input: { b: { c: null } }, other: null };
    expect(of(given, free)).to.deep.equal(given);
    expect(of({ list: [null] }, { list: { type: 'array', items: text } })).to.deep.equal({
      list: [null],
    });
  });

  it('of an agent: a null id, grant or label stays', () => {
    const spec = { id: null, owner: null, rate: { burst: null }, labels: { a: null } };
    const grants = [null, { resource: null, scopes: null, max_ttl_seconds: null }];
    expect(withoutNullMembers({ ...spec, grants }, agentSpecSchema)).to.deep.equal({
      id: null,
      rate: {},
      labels: { a: null },
      grants: [null, { resource: null, scopes: null }],
    });
  });
});
