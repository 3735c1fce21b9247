import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { basicOf } from '../../support/http.js';
import { useFakeService } from '../../support/http-listeners.js';
import { rawExchange } from '../../support/raw-http.js';
import { formAsk, jsonAsk } from './requests.js';

const PAGES = 'http://127.0.0.1:8484/errors';

describe('POST /token → 400', () => {
  const service = useFakeService();

  it('answers a malformed JSON request with a problem', async () => {
    const answer = await service().client.send('POST', '/token', jsonAsk({ resource: 7 }));
    expect(answer.status).to.equal(400);
    expect(answer.headers['content-type']).to.equal('application/problem+json');
    expect(answer.json()).to.include({
      type: 'http://127.0.0.1:8484/errors/invalid_request',
      status: 400,
      error: 'invalid_request',
      request_id: answer.headers['x-request-id'],
    });
  });

  it('answers a malformed form request with exactly error, error_description and error_uri', async () => {
    const answer = await service().client.send('POST', '/token', formAsk({ resource: '' }));
    expect(answer.status).to.equal(400);
    expect(answer.headers['content-type']).to.equal('application/json');
    expect(answer.json()).to.have.all.keys('error', 'error_description', 'error_uri');
    expect(answer.json()['error']).to.equal('invalid_request');
  });

  for (const code of ['invalid_scope', 'invalid_target', 'unsupported_grant_type'] as const) {
    it(`answers ${code} alike in both codecs`, async () => {
      service().operations.authorizeWith = () => {
        throw new CountersignError(code, 'No.');
      };
      const json = await service().client.send('POST', '/token', jsonAsk());
      const form = await service().client.send('POST', '/token', formAsk());
      expect([json.status, form.status]).to.deep.equal([400, 400]);
      expect(json.json()['error']).to.equal(code);
      expect(form.json()).to.deep.equal({
        error: code,
        error_description: 'No.',
        error_uri: `${PAGES}/${code}`,
      });
    });
  }

  for (const [code, page] of [
    ['access_denied', 'access_denied'],
    ['review_required', 'review_required'],
    ['agent_quarantined', 'access_denied'],
  ] as const) {
    it(`answers a form request that met ${code} with 400 invalid_scope and its page`, async () => {
      service().operations.authorizeWith = () => {
        throw new CountersignError(code, 'The policy denied the request.', {
          decisionId: 'dec_17_0',
        });
      };
      const answer = await service().client.send('POST', '/token', formAsk());
      expect(answer.status).to.equal(400);
      expect(answer.json()).to.deep.equal({
        error: 'invalid_scope',
        error_description: 'The policy denied the request.',
        error_uri: `${PAGES}/${page}`,
      });
    });
  }

  it('keeps error_description within the characters RFC 6749 allows', async () => {
    service().operations.authorizeWith = () => {
      throw new CountersignError('invalid_target', 'No "such"\\ thing — 漢\n😀');
    };
    const answer = await service().client.send('POST', '/token', formAsk());
    expect(answer.json()['error_description']).to.equal("No 'such'/ thing ? ???");
  });

  it('refuses parameters in the URL', async () => {
    const answer = await service().client.send('POST', '/token?client_secret=csk_x', jsonAsk());
    expect(answer.status).to.equal(400);
    expect(answer.text).not.to.include('csk_x');
    expect(service().operations.seen).to.deep.equal([]);
  });

  it('refuses two authentication methods', async () => {
    const ask = formAsk({ client_id: 'demo-agent', client_secret: 'csk_demo' });
    const answer = await service().client.send('POST', '/token', ask);
    expect(answer.status).to.equal(400);
  });

  it('refuses an Authorization header that came twice, whichever is right', async () => {
    const right = `Authorization: ${basicOf('demo-agent', 'csk_demo')}`;
    const body = 'grant_type=client_credentials&resource=stripe&scope=read_invoices';
    const answer = await rawExchange(service().endpoints.publicUrl, [
      'POST /token HTTP/1.1',
      'Host: 127.0.0.1',
      'Connection: close',
      right,
      right,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${String(body.length)}`,
      '',
      body,
    ]);
    expect(answer).to.match(/^HTTP\/1\.1 400 /);
    expect(answer).to.include('"error":"invalid_request"');
    expect(service().operations.seen).to.deep.equal([]);
  });
});
