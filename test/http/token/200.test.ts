import { expect } from 'chai';
import type {
  AccessRequest,
  ClientCredential,
  RequestContext,
} from '../../../src/domain/request.js';
import { GRANTED } from '../../support/fake-records.js';
import { useFakeService } from '../../support/http-listeners.js';
import { formAsk, jsonAsk } from './requests.js';

describe('POST /token → 200', () => {
  const service = useFakeService();

  for (const path of ['/token', '/oauth2/token']) {
    it(`answers a JSON request at ${path} with both names of each value`, async () => {
      const answer = await service().client.send('POST', path, jsonAsk({ ttl: 300 }));
      expect(answer.status).to.equal(200);
      expect(answer.json()).to.deep.equal({
        access_token: GRANTED.token,
        token_type: 'Bearer',
        expires_in: 300,
        scope: 'read_invoices read_customers',
        grant_id: GRANTED.grantId,
        decision_id: GRANTED.decisionId,
        token: GRANTED.token,
        ttl: 300,
      });
    });
  }

  it('answers a form request with the RFC 6749 body', async () => {
    const answer = await service().client.send('POST', '/token', formAsk());
    expect(answer.status).to.equal(200);
    expect(answer.json()).to.have.all.keys(
      ...['access_token', 'token_type', 'expires_in', 'scope', 'grant_id', 'decision_id'],
    );
  });

  it('is kept by no cache and tells the budget', async () => {
    const { headers } = await service().client.send('POST', '/token', formAsk());
    expect(headers).to.include({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'ratelimit-limit': '60',
      'ratelimit-remaining': '59',
      'ratelimit-reset': '1',
      'ratelimit-policy': '"agent";q=60;w=12',
      ratelimit: '"agent";r=59;t=1',
    });
    expect(headers).not.to.have.any.keys('x-powered-by', 'etag');
  });

  it('says what was cut when the grant is narrower than the request', async () => {
    const removed = [{ scope: 'export_all', rule: 'grants', reason: 'not granted' }];
    service().operations.authorizeWith = () => ({ ...GRANTED, narrowed: true, removed });
    const answer = await service().client.send('POST', '/token', formAsk());
    expect(answer.json()['removed']).to.deep.equal(removed);
  });

  it('gives the use case the request, the credential and the context', async () => {
    const headers = { 'x-request-id': 'caller-request-1' };
    await service().client.send('POST', '/token', { ...formAsk({ task_id: 't1' }), headers });
    const [request, credential, context] = service().operations.last('authorize')
      .arguments as readonly [AccessRequest, ClientCredential, RequestContext];
    expect(request).to.include({ codec: 'form', resource: 'stripe' });
    expect(request.declared.task_id).to.equal('t1');
    expect(credential).to.deep.equal({
      method: 'client_secret_basic',
      clientId: 'demo-agent',
      secret: 'csk_demo',
    });
    expect(context).to.include({ requestId: 'caller-request-1', source: '127.0.0.1' });
    expect(context.deadlineMs).to.be.within(Date.now(), Date.now() + 2_000);
  });

  for (const type of [
    'application/json; charset=utf-8',
    'Application/JSON ; charset="UTF-8"',
    'application/json',
  ]) {
    it(`takes Content-Type ${type}`, async () => {
      const body = JSON.stringify({ resource: 'stripe', scope: 'read_invoices' });
      const { basic } = jsonAsk();
      const headers = { 'content-type': type };
      const answer = await service().client.send('POST', '/token', {
        body,
        headers,
        ...(basic === undefined ? {} : { basic }),
      });
      expect(answer.status).to.equal(200);
    });
  }

  const types = [
    ['; charset=ISO-8859-1', 'caf%20e', 'caf e'],
    ...['; charset=utf8', ';', '; charset="UTF-8";'].map((type) => [type, 'caf%C3%A9', 'café']),
  ];
  for (const [type = '', sent = '', reason = ''] of types) {
    it(`takes a form whose Content-Type ends in ${type}, as UTF-8`, async () => {
      const { basic } = formAsk();
      const answer = await service().client.send('POST', '/token', {
        body: `grant_type=client_credentials&resource=stripe&scope=read_invoices&reason=${sent}`,
        headers: { 'content-type': `application/x-www-form-urlencoded${type}` },
        ...(basic === undefined ? {} : { basic }),
      });
      expect(answer.status).to.equal(200);
      const [request] = service().operations.last('authorize').arguments;
      expect((request as AccessRequest).declared.reason).to.equal(reason);
    });
  }

  it('reports the answer to the observer under the operation’s name', async () => {
    service().observations.length = 0;
    await service().client.send('POST', '/token', jsonAsk());
    const seen = service().observations.at(-1);
    expect(seen).to.include({ route: 'token', listener: 'public', status: 200, error: undefined });
    expect(seen?.durationMs).to.be.greaterThan(0);
  });
});
