import { expect } from 'chai';
import { bytesOf, CODECS, expectError, jwtPart, rawAsk, tokenAsk, tokenOf } from './asks.js';
import { useTableService } from './table-service.js';

const UNKNOWN = [
  'nobody',
  'Stripe',
  'stripe ',
  'strip',
  'https://api.stripe.demo//',
  'https://api.stripe.demo:8443',
  'https://elsewhere.demo',
  '*',
  '__proto__',
  'constructor',
  'stripe/../stripe',
  'é',
  'x'.repeat(513),
];

const SCOPE = { name: 'look', risk: 'low', description: 'Look' };

describe('POST /token, unknown resource → 400 invalid_target', () => {
  const table = useTableService();

  for (const codec of CODECS) {
    it(`${codec}: one answer for whatever is not registered`, async () => {
      const { service } = table();
      const seen = new Set<string>();
      for (const resource of UNKNOWN) {
        const headers = { 'x-request-id': 'one-and-the-same' };
        const ask = { ...tokenAsk(codec, service.agent, { resource }), headers };
        const answer = await service.http.send('POST', '/token', ask);
        expectError(answer, codec, 400, 'invalid_target');
        seen.add(bytesOf(answer));
      }
      expect(seen.size, [...seen].join('\n')).to.equal(1);
    });

    it(`${codec}: several resources are refused, one named twice is one`, async () => {
      const { service } = table();
      const body = (other: string) =>
        codec === 'json'
          ? `{"resource":["stripe","${other}"],"scope":"read_invoices"}`
          : `grant_type=client_credentials&scope=read_invoices&resource=stripe&resource=${other}`;
      const several = rawAsk(codec, service.agent, body('customers-db'));
      expectError(await service.http.send('POST', '/token', several), codec, 400, 'invalid_target');
      const same = rawAsk(codec, service.agent, body('stripe'));
      tokenOf(await service.http.send('POST', '/token', same));
    });

    it(`${codec}: a registered resource is known by its id and by its audience URI, which is the aud`, async () => {
      const { service } = table();
      for (const resource of ['stripe', 'https://api.stripe.demo']) {
        const ask = tokenAsk(codec, service.agent, { resource });
        const token = tokenOf(await service.http.send('POST', '/token', ask));
        expect(jwtPart(token, 1)['aud']).to.equal('https://api.stripe.demo');
      }
    });

    it(`${codec}: a resource that was deleted is unknown from then on`, async () => {
      const { http, agent } = table().service;
      const id = `gone-${codec}`;
      const spec = { id, audiences: [`https://${id}.demo`], scopes: [SCOPE] };
      const made = await http.admin('PUT', `/admin/v1/resources/${id}`, {
        json: { ...spec, version: 0 },
      });
      expect(made.status, made.text).to.be.oneOf([200, 201]);
      const ask = tokenAsk(codec, agent, { resource: id });
      const denied = codec === 'json' ? 'access_denied' : 'invalid_scope';
      expect((await http.send('POST', '/token', ask)).json()['error']).to.equal(denied);
      expect((await http.admin('DELETE', `/admin/v1/resources/${id}`)).status).to.equal(204);
      expectError(await http.send('POST', '/token', ask), codec, 400, 'invalid_target');
    });
  }
});
