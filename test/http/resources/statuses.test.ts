import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { RESOURCE } from '../../support/fake-records.js';
import { useFakeService } from '../../support/http-listeners.js';

const ONE = '/admin/v1/resources/stripe';

describe('/admin/v1/resources', () => {
  const service = useFakeService();

  it('200: a page and one', async () => {
    expect((await service().client.admin('GET', '/admin/v1/resources')).status).to.equal(200);
    const one = await service().client.admin('GET', ONE);
    expect(one.json()['spec']).to.deep.equal(RESOURCE.spec);
    expect(one.headers['etag']).to.equal('"1"');
  });

  for (const [name, ask, version] of [
    ['created when no version is named', {}, 0],
    ['replaced by If-Match', { headers: { 'if-match': '"1"' } }, 1],
  ] as const) {
    it(`200: ${name}`, async () => {
      const answer = await service().client.admin('PUT', ONE, { json: RESOURCE.spec, ...ask });
      expect(answer.status).to.equal(200);
      expect(service().operations.last('resources.put').arguments[1]).to.equal(version);
    });
  }

  it('204: deleted', async () => {
    expect((await service().client.admin('DELETE', ONE)).status).to.equal(204);
  });

  it('400: another id than the path', async () => {
    const json = { ...RESOURCE.spec, id: 'other' };
    expect((await service().client.admin('PUT', ONE, { json })).status).to.equal(400);
  });

  it('404 and 409', async () => {
    service().operations.adminFails = new CountersignError('not_found', 'No such resource.');
    expect((await service().client.admin('GET', ONE)).status).to.equal(404);
    service().operations.adminFails = new CountersignError('conflict', 'It exists.');
    const put = await service().client.admin('PUT', ONE, { json: RESOURCE.spec });
    expect(put.status).to.equal(409);
  });
});
