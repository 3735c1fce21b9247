import { expect } from 'chai';
import { parseForm, parseFormRequest, parseTokenForm } from '../../../src/request/form.js';
import { bytes, caught } from './caught.js';

const minimal = 'grant_type=client_credentials&resource=stripe&scope=read_invoices';

function parse(text: string) {
  return parseFormRequest(bytes(text));
}

function codeOf(text: string): string {
  return caught(() => parse(text)).code;
}

describe('parseFormRequest', () => {
  it('reads every parameter', () => {
    const parsed = parse(
      'grant_type=client_credentials&client_id=a&client_secret=s%2B+1&resource=https%3A%2F%2Fapi.example' +
        '&scope=read:x+write:y&countersign_ttl=60&session_id=se&task_id=ta&user_id=us&reason=caf%C3%A9',
    );
    expect(parsed).to.deep.equal({
      request: {
        codec: 'form',
        clientIdAlias: 'a',
        resource: 'https://api.example',
        scopes: ['read:x', 'write:y'],
        ttlSeconds: 60,
        declared: { session_id: 'se', task_id: 'ta', user_id: 'us', reason: 'café' },
      },
      bodyCredential: { clientId: 'a', clientSecret: 's+ 1' },
    });
  });

  const refusals: [string, string, string][] = [
    ['no grant type', 'resource=r&scope=s', 'invalid_request'],
    ['an empty grant type', 'grant_type=&resource=r&scope=s', 'invalid_request'],
    ['another grant type', 'grant_type=password&resource=r&scope=s', 'unsupported_grant_type'],
    ['no resource', 'grant_type=client_credentials&scope=s', 'invalid_request'],
    ['two resources', `${minimal}&resource=other`, 'invalid_target'],
    ['no scope', 'grant_type=client_credentials&resource=r', 'invalid_scope'],
    ['a parameter twice', `${minimal}&scope=x`, 'invalid_request'],
    ['an unknown parameter twice', `${minimal}&x=1&x=2`, 'invalid_request'],
    ['a parameter twice, once empty', `${minimal}&client_id=a&client_id=`, 'invalid_request'],
    ['a parameter twice, once encoded', `${minimal}&client_id=a&client%5Fid=b`, 'invalid_request'],
    ['ttl 0', `${minimal}&countersign_ttl=0`, 'invalid_request'],
    ['ttl -1', `${minimal}&countersign_ttl=-1`, 'invalid_request'],
    ['ttl +1', `${minimal}&countersign_ttl=%2B1`, 'invalid_request'],
    ['ttl 1.5', `${minimal}&countersign_ttl=1.5`, 'invalid_request'],
    ['ttl 060', `${minimal}&countersign_ttl=060`, 'invalid_request'],
    ['ttl 0x10', `${minimal}&countersign_ttl=0x10`, 'invalid_request'],
    ['ttl 1e3', `${minimal}&countersign_ttl=1e3`, 'invalid_request'],
    ['ttl with a space', `${minimal}&countersign_ttl=+60`, 'invalid_request'],
    ['ttl abc', `${minimal}&countersign_ttl=abc`, 'invalid_request'],
    ['a lone percent sign', `${minimal}&reason=100%`, 'invalid_request'],
    ['bad hex', `${minimal}&reason=%zz`, 'invalid_request'],
    ['bad percent-encoding in a name', `${minimal}&%zz=1`, 'invalid_request'],
    ['two different ids', `${minimal}&client_id=a&agent_id=b`, 'invalid_request'],
    ['a control character', `${minimal}&user_id=a%0Ab`, 'invalid_request'],
    ['JSON', '{"resource":"r","scope":"s"}', 'invalid_request'],
  ];
  for (const [what, text, code] of refusals) {
    it(`refuses ${what}: ${code}`, () => {
      expect(codeOf(text)).to.equal(code);
    });
  }

  it('lets resource and audience be repeated', () => {
    const parsed = parse(`${minimal}&resource=stripe&resource=&audience=x&audience=y`);
    expect(parsed.request.resource).to.equal('stripe');
  });

  it('ignores unknown parameters and empty pairs', () => {
    const parsed = parse(`&&${minimal}&x=1&&ttl=nonsense&flag`);
    expect(parsed.request.ttlSeconds).to.equal(undefined);
  });

  it('takes an empty parameter for an absent one', () => {
    const parsed = parse(`${minimal}&client_secret=&session_id=&countersign_ttl=`);
    expect(parsed.bodyCredential).to.deep.equal({});
    expect(parsed.request.declared).to.deep.equal({});
    expect(parsed.request.ttlSeconds).to.equal(undefined);
  });

  it('clamps a huge ttl', () => {
    const parsed = parse(`${minimal}&countersign_ttl=${'9'.repeat(400)}`);
    expect(parsed.request.ttlSeconds).to.equal(2 ** 31 - 1);
  });
});

describe('parseTokenForm', () => {
  it('reads the token, the hint and the credential', () => {
    const body = bytes('token=t&token_type_hint=access_token&client_id=a&client_secret=s');
    expect(parseTokenForm(body)).to.deep.equal({
      token: 't',
      tokenTypeHint: 'access_token',
      bodyCredential: { clientId: 'a', clientSecret: 's' },
    });
  });

  for (const text of ['', 'token=', 'token=a&token=b', 'token=a&client_id=a&client_id=a']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(caught(() => parseTokenForm(bytes(text))).code).to.equal('invalid_request');
    });
  }
});

describe('parseForm', () => {
  it('splits at the first equals sign and decodes plus as space', () => {
    const form = parseForm(bytes('a=b=c&d+e=f+g&%C3%A9=%F0%9F%98%80'));
    expect([...form]).to.deep.equal([
      ['a', ['b=c']],
      ['d e', ['f g']],
      ['é', ['\u{1f600}']],
    ]);
  });

  it('takes UTF-8 that was not percent-encoded', () => {
    expect(parseForm(bytes('a=é')).get('a')).to.deep.equal(['é']);
  });
});
