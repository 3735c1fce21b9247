import { expect } from 'chai';
import { ADMIN_TOKENS, useFakeService } from '../../support/http-listeners.js';
import { STATUS } from '../../support/opa-status.js';
import { unavailable } from '../../../src/domain/errors.js';

describe('GET /v1/status', () => {
  const service = useFakeService();

  it('200: the status under `result`, as OPA answers it, for auditors too', async () => {
    const { auditor: adminToken } = ADMIN_TOKENS;
    const answer = await service().client.admin('GET', '/v1/status', { adminToken });
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.json()).to.deep.equal({ result: STATUS });
  });

  it('503: the status cannot be read', async () => {
    service().operations.adminFails = unavailable('status');
    expect((await service().client.admin('GET', '/v1/status')).status).to.equal(503);
  });
});
