import { expect } from 'chai';
import { OpenApiContract, type Seen } from '../../support/openapi-contract.js';
import { useFakeService } from '../../support/http-listeners.js';

type Tree = Record<string, unknown>;

describe('the OpenAPI documents', () => {
  const service = useFakeService();

  for (const listener of ['send', 'admin', 'sidecar'] as const) {
    it(`${listener}: operation ids are unique, and every reference resolves`, async () => {
      const document = (await service().client[listener]('GET', '/openapi.json')).json();
      expect(document['openapi']).to.equal('3.1.0');
      const paths = document['paths'] as Record<string, Record<string, Tree>>;
      const operations = Object.values(paths).flatMap((item) => Object.values(item));
      const ids = operations.map((operation) => operation['operationId']);
      expect(new Set(ids).size).to.equal(ids.length);
      const schemas = (document['components'] as Tree)['schemas'] as Tree;
      for (const [, name = ''] of JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)) {
        expect(name).to.match(/^#\/components\/schemas\//);
        expect(schemas).to.have.property(name.replace('#/components/schemas/', ''));
      }
    });
  }
});

describe('the check against the documents', () => {
  const service = useFakeService();
  let contract: OpenApiContract;
  const good: Seen = {
    method: 'POST',
    path: '/introspect',
    status: 200,
    headers: { 'content-type': 'application/json', 'x-request-id': 'req_12345678' },
    text: '{"active":false}',
  };

  before(async () => {
    contract = new OpenApiContract((await service().client.send('GET', '/openapi.json')).json());
  });

  it('takes what is documented', () => {
    contract.check(good);
  });

  const problem = { ...good.headers, 'content-type': 'application/problem+json' };
  const said = { type: 't', title: 't', detail: 'd', hint: 'h', request_id: 'r' };
  const BAD: Readonly<Record<string, Partial<Seen>>> = {
    'an undocumented status': { status: 418 },
    'an undocumented media type': { headers: { ...good.headers, 'content-type': 'text/html' } },
    'an undocumented member': { text: '{"active":false,"why":"expired"}' },
    'a missing member': { text: '{"active":true}' },
    'an undocumented code': {
      status: 400,
      headers: problem,
      text: JSON.stringify({ ...said, status: 400, error: 'invalid_target' }),
    },
    'a 401 without a challenge': {
      status: 401,
      headers: problem,
      text: JSON.stringify({ ...said, status: 401, error: 'invalid_client' }),
    },
    'no request id': { headers: { 'content-type': 'application/json' } },
    'an unknown path with 200': { path: '/nowhere' },
    'a body where none is documented': { path: '/revoke', text: '{}' },
  };
  for (const [name, change] of Object.entries(BAD)) {
    it(`throws at ${name}`, () => {
      expect(() => {
        contract.check({ ...good, ...change });
      }).to.throw();
    });
  }
});
