import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { RESOURCE_SERVER, SECRET } from '../../support/fake-records.js';
import { useFakeService } from '../../support/http-listeners.js';

const ALL = '/admin/v1/resource-servers';
const ONE = `${ALL}/stripe-api`;

describe('/admin/v1/resource-servers', () => {
  const service = useFakeService();

  it('200: a page and one, without digests of secrets', async () => {
    for (const path of [ALL, ONE]) {
      const answer = await service().client.admin('GET', path);
      expect(answer.status).to.equal(200);
      expect(answer.text).not.to.match(/sha256|cdcd/);
    }
  });

  it('201: created, with the secret', async () => {
    const answer = await service().client.admin('POST', ALL, { json: RESOURCE_SERVER.spec });
    expect(answer.status).to.equal(201);
    expect(answer.json()['secret']).to.deep.equal(SECRET);
    expect(answer.headers['location']).to.equal(ONE);
  });

  it('200: replaced', async () => {
    const ask = { json: RESOURCE_SERVER.spec, headers: { 'if-match': '"1"' } };
    expect((await service().client.admin('PUT', ONE, ask)).status).to.equal(200);
  });

  it('201 and 204: secrets; 204: deleted', async () => {
    expect((await service().client.admin('POST', `${ONE}/secrets`)).status).to.equal(201);
    expect((await service().client.admin('DELETE', `${ONE}/secrets/sec_2`)).status).to.equal(204);
    expect((await service().client.admin('DELETE', ONE)).status).to.equal(204);
  });

  it('400, 404 and 409', async () => {
    const json = RESOURCE_SERVER.spec;
    expect((await service().client.admin('PUT', ONE, { json })).status).to.equal(400);
    service().operations.adminFails = new CountersignError('not_found', 'No.');
    expect((await service().client.admin('GET', ONE)).status).to.equal(404);
    service().operations.adminFails = new CountersignError('conflict', 'It exists.');
    expect((await service().client.admin('POST', ALL, { json })).status).to.equal(409);
  });
});
