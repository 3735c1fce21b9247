import { expect } from 'chai';
import { CountersignError, unavailable } from '../../../src/domain/errors.js';
import { CLAIMS } from '../../support/fake-records.js';
import type { Ask } from '../../support/http.js';
import { useFakeService } from '../../support/http-listeners.js';

const ASK: Ask = { basic: ['stripe-api', 'csr_demo'], form: { token: 'some-token' } };

describe('POST /introspect', () => {
  const service = useFakeService();

  for (const path of ['/introspect', '/oauth2/introspect']) {
    it(`200 at ${path}: an active token with its claims`, async () => {
      const answer = await service().client.send('POST', path, ASK);
      expect(answer.json()).to.deep.equal({ active: true, token_type: 'Bearer', ...CLAIMS });
      expect(answer.headers).to.include({ 'cache-control': 'no-store', pragma: 'no-cache' });
    });
  }

  it('200: exactly {"active":false} for an inactive token', async () => {
    service().operations.introspectWith = () => ({ active: false });
    const answer = await service().client.send('POST', '/introspect', ASK);
    expect(answer.status).to.equal(200);
    expect(answer.text).to.equal('{"active":false}');
  });

  it('200: claims the service does not know stay inside', async () => {
    const claims = { ...CLAIMS, secret_note: 'x' };
    service().operations.introspectWith = () => ({ active: true, claims });
    const answer = await service().client.send('POST', '/introspect', ASK);
    expect(answer.text).not.to.include('secret_note');
  });

  it('400: no token', async () => {
    const answer = await service().client.send('POST', '/introspect', { ...ASK, form: { a: 'b' } });
    expect(answer.status).to.equal(400);
    expect(answer.json()).to.have.all.keys('error', 'error_description', 'error_uri');
  });

  it('401: no credential', async () => {
    const answer = await service().client.send('POST', '/introspect', { form: { token: 'x' } });
    expect(answer.status).to.equal(401);
    expect(answer.headers['www-authenticate']).to.match(/^Basic /);
  });

  it('401: an agent may not introspect', async () => {
    service().operations.introspectWith = () => {
      throw new CountersignError('invalid_client', 'Agents cannot introspect.');
    };
    const answer = await service().client.send('POST', '/introspect', ASK);
    expect(answer.status).to.equal(401);
    expect(answer.json()['error']).to.equal('invalid_client');
  });

  it('405: GET would put the token in a URL', async () => {
    const answer = await service().client.send('GET', '/introspect?token=x');
    expect(answer.status).to.equal(405);
  });

  it('413: over 64 KiB', async () => {
    const ask = { ...ASK, form: { token: 'x'.repeat(65_536) } };
    expect((await service().client.send('POST', '/introspect', ask)).status).to.equal(413);
  });

  it('415: JSON', async () => {
    const answer = await service().client.send('POST', '/introspect', { json: { token: 'x' } });
    expect(answer.status).to.equal(415);
    expect(answer.headers['content-type']).to.equal('application/problem+json');
  });

  it('503: the store is away', async () => {
    service().operations.introspectWith = () => {
      throw unavailable('redis away');
    };
    const answer = await service().client.send('POST', '/introspect', ASK);
    expect(answer.status).to.equal(503);
    expect(answer.headers['retry-after']).to.equal('1');
  });
});
