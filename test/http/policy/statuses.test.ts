import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { POLICY } from '../../support/fake-operations.js';
import { useFakeService } from '../../support/http-listeners.js';

describe('/admin/v1/policy', () => {
  const service = useFakeService();

  it('200: which bundle decides, and after a reload', async () => {
    const status = await service().client.admin('GET', '/admin/v1/policy');
    const reloaded = await service().client.admin('POST', '/admin/v1/policy/reload');
    expect(status.json()).to.deep.equal(POLICY);
    expect(reloaded.json()).to.deep.equal(POLICY);
  });

  it('409: the bundle was refused, with every problem', async () => {
    const problems = [{ pointer: '/data.json', message: 'is over the limit' }];
    service().operations.adminFails = new CountersignError('conflict', 'Refused.', { problems });
    const answer = await service().client.admin('POST', '/admin/v1/policy/reload');
    expect(answer.status).to.equal(409);
    expect(answer.json()['problems']).to.deep.equal(problems);
  });
});
