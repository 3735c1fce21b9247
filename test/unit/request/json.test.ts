import { expect } from 'chai';
import { parseJsonRequest } from '../../../src/request/json.js';
import { bytes, caught } from './caught.js';

const minimal = { resource: 'stripe', scope: 'read_invoices' };

function parse(document: unknown) {
  return parseJsonRequest(bytes(JSON.stringify(document)));
}

function codeOf(document: unknown): string {
  return caught(() => parse(document)).code;
}

describe('parseJsonRequest', () => {
  it('reads the simple request', () => {
    const parsed = parse({ agent_id: 'a', resource: 'stripe', scope: 'read_invoices', ttl: 60 });
    expect(parsed).to.deep.equal({
      request: {
        codec: 'json',
        clientIdAlias: 'a',
        resource: 'stripe',
        scopes: ['read_invoices'],
        ttlSeconds: 60,
        declared: {},
      },
      bodyCredential: { clientId: 'a' },
    });
  });

  it('reads every member', () => {
    const parsed = parse({
      ...minimal,
      grant_type: 'client_credentials',
      client_id: 'a',
      agent_id: 'a',
      client_secret: 's',
      client_assertion: 'x',
      client_assertion_type: 't',
      session_id: 'se',
      task_id: 'ta',
      user_id: 'us',
      reason: 'because: it is due \u{1f600}',
    });
    expect(parsed.request.declared).to.deep.equal({
      session_id: 'se',
      task_id: 'ta',
      user_id: 'us',
      reason: 'because: it is due \u{1f600}',
    });
    expect(parsed.bodyCredential).to.deep.equal({
      clientId: 'a',
      clientSecret: 's',
      clientAssertion: 'x',
      clientAssertionType: 't',
    });
  });

  it('takes scopes as a string or an array, in order, each once', () => {
    expect(parse({ ...minimal, scope: 'b a b' }).request.scopes).to.deep.equal(['b', 'a']);
    expect(parse({ ...minimal, scope: ['b', 'a', 'b'] }).request.scopes).to.deep.equal(['b', 'a']);
  });

  it('takes one resource as a string or an array', () => {
    expect(parse({ ...minimal, resource: ['x'] }).request.resource).to.equal('x');
    expect(parse({ ...minimal, resource: ['x', 'x', ''] }).request.resource).to.equal('x');
    expect(codeOf({ ...minimal, resource: ['x', 'y'] })).to.equal('invalid_target');
  });

  it('ignores unknown members, whatever they hold', () => {
    const parsed = parse({ ...minimal, extra: [{ deep: null }], countersign_ttl: 'x' });
    expect(parsed.request.ttlSeconds).to.equal(undefined);
  });

  it('takes an empty string for an absent member', () => {
    const { request, bodyCredential } = parse({
      ...minimal,
      grant_type: '',
      client_id: '',
      agent_id: 'a',
      session_id: '',
      client_secret: '',
    });
    expect(request.declared).to.deep.equal({});
    expect(bodyCredential).to.deep.equal({ clientId: 'a' });
  });

  it('takes null for an absent member', () => {
    const optional = ['grant_type', 'client_id', 'client_secret', 'client_assertion', 'ttl'];
    const declared = ['client_assertion_type', 'session_id', 'task_id', 'user_id', 'reason'];
    const nulls = Object.fromEntries([...optional, ...declared].map((name) => [name, null]));
    const document = { ...minimal, agent_id: 'a' };
    expect(parse({ ...document, ...nulls })).to.deep.equal(parse(document));
  });

  describe('ttl', () => {
    const ttls: [unknown, number | string][] = [
      [1, 1],
      [3600, 3600],
      [2 ** 40, 2 ** 31 - 1],
      [0, 'invalid_request'],
      [-1, 'invalid_request'],
      [1.5, 'invalid_request'],
      ['60', 'invalid_request'],
      ['', 'invalid_request'],
      [[null], 'invalid_request'],
      [true, 'invalid_request'],
      [[60], 'invalid_request'],
    ];
    for (const [ttl, expected] of ttls) {
      it(`${JSON.stringify(ttl)} → ${String(expected)}`, () => {
        if (typeof expected === 'string') expect(codeOf({ ...minimal, ttl })).to.equal(expected);
        else expect(parse({ ...minimal, ttl }).request.ttlSeconds).to.equal(expected);
      });
    }

    it('a number too large for a double is clamped like any other', () => {
      const body = bytes('{"resource":"r","scope":"s","ttl":1e999}');
      expect(parseJsonRequest(body).request.ttlSeconds).to.equal(2 ** 31 - 1);
      const negative = bytes('{"resource":"r","scope":"s","ttl":-1e999}');
      expect(caught(() => parseJsonRequest(negative)).code).to.equal('invalid_request');
    });
  });

  const refusals: [string, unknown, string][] = [
    ['no resource', { scope: 's' }, 'invalid_request'],
    ['an empty resource', { ...minimal, resource: '' }, 'invalid_request'],
    ['an empty list of resources', { ...minimal, resource: [] }, 'invalid_request'],
    ['a resource of a wrong type', { ...minimal, resource: 5 }, 'invalid_request'],
    ['a list of wrong types', { ...minimal, resource: ['x', 5] }, 'invalid_request'],
    ['a resource too long to exist', { ...minimal, resource: 'x'.repeat(513) }, 'invalid_target'],
    ['a resource with a space', { ...minimal, resource: 'a b' }, 'invalid_target'],
    ['no scope', { resource: 'r' }, 'invalid_scope'],
    ['an empty scope', { ...minimal, scope: '' }, 'invalid_scope'],
    ['an empty list of scopes', { ...minimal, scope: [] }, 'invalid_scope'],
    ['an empty scope in the list', { ...minimal, scope: ['a', ''] }, 'invalid_scope'],
    ['two spaces between scopes', { ...minimal, scope: 'a  b' }, 'invalid_scope'],
    ['two scopes in one item', { ...minimal, scope: ['a b'] }, 'invalid_scope'],
    ['a malformed scope', { ...minimal, scope: 'a:*:b' }, 'invalid_scope'],
    [
      'a scope over 256 characters',
      { ...minimal, scope: `${'a'.repeat(128)}:${'b'.repeat(128)}` },
      'invalid_scope',
    ],
    [
      'over 64 scopes',
      { ...minimal, scope: Array.from({ length: 65 }, (_, i) => `s${String(i)}`) },
      'invalid_scope',
    ],
    ['a scope of a wrong type', { ...minimal, scope: 5 }, 'invalid_request'],
    ['another grant type', { ...minimal, grant_type: 'password' }, 'unsupported_grant_type'],
    ['a grant type of a wrong type', { ...minimal, grant_type: 1 }, 'invalid_request'],
    ['two different ids', { ...minimal, agent_id: 'a', client_id: 'b' }, 'invalid_request'],
    ['a secret of a wrong type', { ...minimal, client_secret: 12345 }, 'invalid_request'],
    ['null for the resource', { ...minimal, resource: null }, 'invalid_request'],
    ['null for the scope', { ...minimal, scope: null }, 'invalid_scope'],
    ['null in the list of resources', { ...minimal, resource: ['r', null] }, 'invalid_request'],
    ['null in the list of scopes', { ...minimal, scope: ['s', null] }, 'invalid_request'],
    [
      'a declared member over 256 characters',
      { ...minimal, task_id: 'x'.repeat(257) },
      'invalid_request',
    ],
    ['a reason over 1,024 characters', { ...minimal, reason: 'x'.repeat(1025) }, 'invalid_request'],
    ['a line feed in a declared member', { ...minimal, user_id: 'a\nb' }, 'invalid_request'],
    ['a C1 control character', { ...minimal, reason: 'a\u0085b' }, 'invalid_request'],
    ['a line separator', { ...minimal, reason: 'a\u2028b' }, 'invalid_request'],
    ['an array', [minimal], 'invalid_request'],
    ['a string', 'x', 'invalid_request'],
    ['null', null, 'invalid_request'],
  ];
  for (const [what, document, code] of refusals) {
    it(`refuses ${what}: ${code}`, () => {
      expect(codeOf(document)).to.equal(code);
    });
  }

  it('takes 64 scopes, 256-character declared members and a 1,024-character reason', () => {
    const scope = Array.from({ length: 64 }, (_, i) => `s${String(i)}`);
    const { request } = parse({
      ...minimal,
      scope,
      task_id: 'x'.repeat(256),
      reason: 'x'.repeat(1024),
    });
    expect(request.scopes).to.have.length(64);
    expect(request.declared.reason).to.have.length(1024);
  });

  const notJson: [string, string][] = [
    ['nothing', ''],
    ['a comment', '{"resource":"r","scope":"s"/* x */}'],
    ['a trailing comma', '{"resource":"r","scope":"s",}'],
    ['single quotes', "{'resource':'r'}"],
    ['text after the object', '{"resource":"r","scope":"s"} {}'],
    ['NaN', '{"ttl":NaN}'],
    ['a leading zero', '{"ttl":060}'],
  ];
  for (const [what, text] of notJson) {
    it(`refuses ${what}`, () => {
      expect(caught(() => parseJsonRequest(bytes(text))).code).to.equal('invalid_request');
    });
  }

  it('names the member that is wrong and never repeats a value', () => {
    const error = caught(() => parse({ ...minimal, ttl: 'csk_secret' }));
    expect(error.detail).to.equal('ttl is not a number.');
    const broken = caught(() => parseJsonRequest(bytes('{"client_secret":"csk_secret"')));
    expect(broken.message).not.to.contain('csk_secret');
  });
});
