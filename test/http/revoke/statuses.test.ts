import { expect } from 'chai';
import { unavailable } from '../../../src/domain/errors.js';
import type { Ask } from '../../support/http.js';
import { useFakeService } from '../../support/http-listeners.js';

const ASK: Ask = { basic: ['demo-agent', 'csk_demo'], form: { token: 'some-token' } };

describe('POST /revoke', () => {
  const service = useFakeService();

  for (const path of ['/revoke', '/oauth2/revoke']) {
    it(`200 at ${path} with an empty body`, async () => {
      const answer = await service().client.send('POST', path, ASK);
      expect([answer.status, answer.text]).to.deep.equal([200, '']);
      expect(service().operations.last('revokeToken').arguments[0]).to.equal('some-token');
    });
  }

  it('401: no credential', async () => {
    const answer = await service().client.send('POST', '/revoke', { form: { token: 'x' } });
    expect(answer.status).to.equal(401);
  });

  it('405: GET', async () => {
    expect((await service().client.send('GET', '/revoke')).status).to.equal(405);
  });

  it('415: JSON', async () => {
    const answer = await service().client.send('POST', '/revoke', { json: { token: 'x' } });
    expect(answer.status).to.equal(415);
  });

  it('503: the token still exists', async () => {
    service().operations.revokeTokenWith = () => {
      throw unavailable('redis away');
    };
    expect((await service().client.send('POST', '/revoke', ASK)).status).to.equal(503);
  });
});
