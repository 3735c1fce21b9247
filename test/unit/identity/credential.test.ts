import { expect } from 'chai';
import type { BodyCredential } from '../../../src/domain/request.js';
import { credentialFrom } from '../../../src/identity/credential.js';
import { caught } from '../request/caught.js';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

function from(
  authorizationHeader: string | undefined,
  bodyCredential: BodyCredential,
  alias?: string,
) {
  return credentialFrom({ authorizationHeader, bodyCredential, clientIdAlias: alias });
}

describe('credentialFrom', () => {
  it('reads client_secret_basic, both parts form-urlencoded', () => {
    expect(from(basic('a', 'csk_1'), {})).to.deep.equal({
      method: 'client_secret_basic',
      clientId: 'a',
      secret: 'csk_1',
    });
    expect(from(basic('a%3Ab+c', 'x%25%C3%A9:y'), {})).to.include({
      clientId: 'a:b c',
      secret: 'x%é:y',
    });
    expect(from(basic('a', 's').replace('Basic', 'bAsIc  '), {})).to.include({ clientId: 'a' });
  });

  it('reads client_secret_post, by client_id or its alias', () => {
    const expected = { method: 'client_secret_post', clientId: 'a', secret: 's' };
    expect(from(undefined, { clientId: 'a', clientSecret: 's' })).to.deep.equal(expected);
    expect(from(undefined, { clientSecret: 's' }, 'a')).to.deep.equal(expected);
  });

  it('reads private_key_jwt', () => {
    const body = { clientAssertion: 'x', clientAssertionType: TYPE };
    const expected = { method: 'private_key_jwt', clientId: undefined, assertion: 'x' };
    expect(from(undefined, body)).to.deep.equal(expected);
    expect(from(undefined, body, 'a')).to.deep.equal({ ...expected, clientId: 'a' });
  });

  it('accepts an equal client_id in addition to Basic', () => {
    expect(from(basic('a', 's'), { clientId: 'a' })).to.include({ clientId: 'a' });
    expect(caught(() => from(basic('a', 's'), { clientId: 'b' })).code).to.equal('invalid_client');
    expect(caught(() => from(basic('a', 's'), {}, 'b')).code).to.equal('invalid_client');
  });

  const assertion = { clientAssertion: 'x', clientAssertionType: TYPE };
  const several: [string, string | undefined, BodyCredential][] = [
    ['basic and post', basic('a', 's'), { clientId: 'a', clientSecret: 's' }],
    ['basic and assertion', basic('a', 's'), assertion],
    ['post and assertion', undefined, { clientId: 'a', clientSecret: 's', ...assertion }],
    ['post and another scheme', 'Bearer x', { clientId: 'a', clientSecret: 's' }],
    ['an assertion without its type', undefined, { clientAssertion: 'x' }],
    ['a type without an assertion', undefined, { clientAssertionType: TYPE }],
  ];
  for (const [what, header, body] of several) {
    it(`refuses ${what} as invalid_request`, () => {
      expect(caught(() => from(header, body)).code).to.equal('invalid_request');
    });
  }

  const invalid: [string, string | undefined, BodyCredential][] = [
    ['nothing', undefined, {}],
    ['a client_id alone', undefined, { clientId: 'a' }],
    ['a secret without client_id', undefined, { clientSecret: 's' }],
    [
      'another assertion type',
      undefined,
      { clientAssertion: 'x', clientAssertionType: `${TYPE} ` },
    ],
    ['another scheme', 'Bearer x', {}],
    ['an empty header', '', {}],
    ['Basic without a credential', 'Basic', {}],
    ['Basic that is not base64', 'Basic a*b', {}],
    ['base64 with stray bits', 'Basic YTpzeR==', {}],
    [
      'base64 without padding',
      `Basic ${Buffer.from('a:sx').toString('base64').replaceAll('=', '')}`,
      {},
    ],
    ['base64url', `Basic ${Buffer.from('a:>>>???').toString('base64url')}`, {}],
    ['Basic without a colon', `Basic ${Buffer.from('abc').toString('base64')}`, {}],
    ['Basic with bad UTF-8', `Basic ${Buffer.from([0x61, 0x3a, 0xff]).toString('base64')}`, {}],
    ['Basic with bad percent-encoding', basic('a', '100%'), {}],
    ['Basic with overlong percent-encoding', basic('a', '%C0%AF'), {}],
    ['two credentials in a header', `${basic('a', 's')}, ${basic('b', 's')}`, {}],
    ['a header over 8,192 characters', basic('a', 's'.repeat(8192)), {}],
  ];
  for (const [what, header, body] of invalid) {
    it(`refuses ${what} as invalid_client with a Basic challenge`, () => {
      const error = caught(() => from(header, body));
      expect(error.code).to.equal('invalid_client');
      expect(error.fields.challenge).to.equal('Basic');
    });
  }
});
