import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { useFakeService } from '../../support/http-listeners.js';

const ALL = '/admin/v1/deliveries';

describe('/admin/v1/deliveries', () => {
  const service = useFakeService();

  it('200: a page of one state', async () => {
    const answer = await service().client.admin('GET', `${ALL}?state=irrevocable`);
    expect(answer.status).to.equal(200);
    expect(service().operations.last('deliveries.list').arguments[0]).to.deep.include({
      state: 'irrevocable',
    });
  });

  it('202: tried again', async () => {
    expect((await service().client.admin('POST', `${ALL}/dlv_1/retry`)).status).to.equal(202);
  });

  it('400: an unknown state', async () => {
    expect((await service().client.admin('GET', `${ALL}?state=lost`)).status).to.equal(400);
  });

  it('404 and 409', async () => {
    service().operations.adminFails = new CountersignError('not_found', 'No such delivery.');
    expect((await service().client.admin('POST', `${ALL}/x/retry`)).status).to.equal(404);
    service().operations.adminFails = new CountersignError('conflict', 'It was delivered.');
    expect((await service().client.admin('POST', `${ALL}/x/retry`)).status).to.equal(409);
  });
});
