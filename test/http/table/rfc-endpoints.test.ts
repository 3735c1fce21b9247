import { expect } from 'chai';
import { CODECS, expectError, tokenAsk, tokenOf } from './asks.js';
import { registerAgent, useTableService } from './table-service.js';

const CLIENT_PATHS = ['/introspect', '/oauth2/introspect', '/revoke', '/oauth2/revoke'];
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

describe('RFC 6749, 7662 and 7009 to the letter', () => {
  const table = useTableService();
  const http = () => table().service.http;
  const clientOf = (path: string) =>
    path.endsWith('introspect') ? table().service.resourceServer : table().service.agent;
  const issue = async () =>
    tokenOf(await http().send('POST', '/token', tokenAsk('json', table().service.agent)));
  const isActive = async (token: string) => {
    const basic = table().service.resourceServer;
    const answer = await http().send('POST', '/introspect', { basic, form: { token } });
    return answer.json()['active'];
  };

  for (const hint of ['access_token', 'refresh_token', 'id_token', 'no such type', '']) {
    it(`token_type_hint ${JSON.stringify(hint)} is a hint: the token is found, and revoked`, async () => {
      const token = await issue();
      const basic = table().service.resourceServer;
      const form = { token, token_type_hint: hint };
      const seen = await http().send('POST', '/oauth2/introspect', { basic, form });
      expect(seen.json()).to.include({ active: true });
      const revoked = await http().send('POST', '/oauth2/revoke', {
        basic: table().service.agent,
        form,
      });
      expect([revoked.status, revoked.text]).to.deep.equal([200, '']);
      expect(await isActive(token)).to.equal(false);
    });
  }

  for (const path of CLIENT_PATHS) {
    it(`${path}: no token, an empty one, and one given twice are 400 invalid_request`, async () => {
      const basic = clientOf(path);
      for (const body of ['', 'token=', 'token_type_hint=access_token', 'token=a&token=b']) {
        const answer = await http().send('POST', path, { basic, headers: FORM_TYPE, body });
        expectError(answer, 'form', 400, 'invalid_request');
      }
    });

    it(`${path}: GET is 405 and names POST`, async () => {
      const token = await issue();
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const answer = await http().send(method, `${path}?token=${token}`, {
          basic: clientOf(path),
        });
        expect(answer.status).to.equal(405);
        expect(answer.headers['allow']).to.match(/\bPOST\b/);
      }
      expect(await isActive(token)).to.equal(true);
    });

    it(`${path}: JSON is 415`, async () => {
      const ask = { basic: clientOf(path), json: { token: 'x' } };
      expectError(await http().send('POST', path, ask), 'json', 415, 'unsupported_media_type');
    });

    it(`${path}: credentials and tokens in the URL do nothing`, async () => {
      const [id, secret] = clientOf(path);
      const token = await issue();
      const query = new URLSearchParams({ client_id: id, client_secret: secret, token });
      const answer = await http().send('POST', `${path}?${query.toString()}`, { form: { token } });
      expectError(answer, 'form', 400, 'invalid_request');
      expect(answer.text).not.to.include(secret);
      expect(await isActive(token)).to.equal(true);
    });
  }

  for (const path of ['/token', '/oauth2/token']) {
    it(`${path}: GET is 405, and credentials in the URL issue nothing`, async () => {
      const [client_id, client_secret] = table().service.agent;
      const query = new URLSearchParams({ client_id, client_secret }).toString();
      expect((await http().send('GET', `${path}?${query}`)).status).to.equal(405);
      for (const codec of CODECS) {
        const answer = await http().send('POST', `${path}?${query}`, tokenAsk(codec, undefined));
        expectError(answer, codec, 400, 'invalid_request');
        expect(answer.text).not.to.include('access_token').and.not.to.include(client_secret);
      }
    });
  }

  for (const codec of CODECS) {
    it(`${codec}: what holds a token is never cached, granted or introspected`, async () => {
      const { agent, resourceServer: basic } = table().service;
      const granted = await http().send('POST', '/token', tokenAsk(codec, agent));
      const token = tokenOf(granted);
      const seen = await http().send('POST', '/introspect', { basic, form: { token } });
      for (const answer of [granted, seen]) {
        expect(answer.headers['cache-control']).to.equal('no-store');
        expect(answer.headers['content-type']).to.match(/^application\/json(;|$)/);
      }
      expect(granted.json()).to.include({ token_type: 'Bearer', scope: 'read_invoices' });
    });
  }

  it('the members of a form answer are those of OAuth and ours; JSON adds token and ttl', async () => {
    const { agent } = table().service;
    const oauth = ['access_token', 'token_type', 'expires_in', 'scope', 'grant_id', 'decision_id'];
    const form = await http().send('POST', '/token', tokenAsk('form', agent));
    expect(form.json()).to.have.all.keys(oauth);
    const json = await http().send('POST', '/token', tokenAsk('json', agent));
    expect(json.json()).to.have.all.keys(...oauth, 'token', 'ttl');
    expect(json.json()['token']).to.equal(json.json()['access_token']);
  });

  it('two methods of client authentication in one request are 400 in both codecs', async () => {
    const { agent } = table().service;
    const [client_id, client_secret] = agent;
    for (const codec of CODECS) {
      const ask = tokenAsk(codec, agent, { client_id, client_secret });
      expectError(await http().send('POST', '/token', ask), codec, 400, 'invalid_request');
    }
  });

  it('revocation: 200 for what is no token, and 200 again for one that is revoked', async () => {
    const token = await issue();
    for (const text of ['nonsense', 'a.b.c', token, token]) {
      const ask = { basic: table().service.agent, form: { token: text } };
      const answer = await http().send('POST', '/revoke', ask);
      expect([answer.status, answer.text]).to.deep.equal([200, '']);
    }
    expect(await isActive(token)).to.equal(false);
  });

  it('revocation: another client’s token stays active, and the answer is that for an unknown one', async () => {
    const token = await issue();
    const other = await registerAgent(http(), { id: 'other' });
    const answer = await http().send('POST', '/revoke', { basic: other, form: { token } });
    expect([answer.status, answer.text]).to.deep.equal([200, '']);
    expect(await isActive(token)).to.equal(true);
  });
});
