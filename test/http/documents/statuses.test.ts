import { expect } from 'chai';
import { useFakeService } from '../../support/http-listeners.js';

describe('documents of the public listener', () => {
  const service = useFakeService();

  it('200: metadata, cacheable as long as the key set', async () => {
    const path = '/.well-known/oauth-authorization-server';
    const answer = await service().client.send('GET', path);
    expect(answer.status).to.equal(200);
    expect(answer.json()['issuer']).to.equal('http://127.0.0.1:8484');
    expect(answer.headers['cache-control']).to.equal('public, max-age=60');
  });

  for (const path of ['/jwks', '/.well-known/jwks.json']) {
    it(`200: the key set at ${path}`, async () => {
      const answer = await service().client.send('GET', path);
      expect(answer.json()['keys']).to.have.length(1);
      expect(answer.headers['cache-control']).to.equal('public, max-age=60');
    });
  }

  it('200: HEAD has the headers and no body', async () => {
    const get = await service().client.send('GET', '/jwks');
    const head = await service().client.send('HEAD', '/jwks');
    expect(head.status).to.equal(200);
    expect(head.text).to.equal('');
    expect(head.headers['content-length']).to.equal(get.headers['content-length']);
  });

  it('200: an error page', async () => {
    const answer = await service().client.send('GET', '/errors/access_denied');
    expect(answer.headers['content-type']).to.equal('text/markdown; charset=utf-8');
    expect(answer.text).to.match(/^# access_denied\n/);
  });

  for (const path of ['/errors/nope', '/errors/__proto__', '/errors/..%2f..%2fpackage.json']) {
    it(`404: ${path}`, async () => {
      const answer = await service().client.send('GET', path);
      expect(answer.status).to.equal(404);
      expect(answer.json()['error']).to.equal('not_found');
    });
  }

  for (const path of ['/', '/TOKEN', '/token/', '/admin/v1/agents', '/metrics', '/readyz']) {
    it(`404: ${path} is not served here`, async () => {
      expect((await service().client.send('POST', path)).status).to.equal(404);
    });
  }

  it('400: a path that does not decode', async () => {
    expect((await service().client.send('GET', '/errors/%zz')).status).to.equal(400);
  });

  it('echoes a well-formed request id, and makes one for any other', async () => {
    const ask = (id: string) =>
      service().client.send('GET', '/healthz', { headers: { 'x-request-id': id } });
    expect((await ask('0b8e9d6c-trace-1')).headers['x-request-id']).to.equal('0b8e9d6c-trace-1');
    for (const bad of ['short', 'a b c d e f g h', 'eyJhbGciOi.eyJzdWIi.c2ln', 'csk_0123456789']) {
      expect((await ask(bad)).headers['x-request-id']).to.match(/^req_[0-9a-z]{26}$/);
    }
  });
});
