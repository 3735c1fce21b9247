import { expect } from 'chai';
import { useFakeService } from '../../support/http-listeners.js';

describe('/admin/v1/keys', () => {
  const service = useFakeService();

  it('200: the keyring, without what is sealed', async () => {
    const answer = await service().client.admin('GET', '/admin/v1/keys');
    expect(answer.status).to.equal(200);
    expect(answer.text).not.to.match(/seal/i);
  });

  it('202: rotation asked for', async () => {
    const answer = await service().client.admin('POST', '/admin/v1/keys/rotate');
    expect([answer.status, answer.json()]).to.deep.equal([202, { state: 'requested' }]);
  });

  it('200: revoked', async () => {
    const ask = { json: { reason: 'leaked' } };
    const answer = await service().client.admin('POST', '/admin/v1/keys/key_1/revoke', ask);
    expect(answer.json()).to.deep.equal({ state: 'done', rev_id: 'rev_1' });
    expect(service().operations.last('keys.revoke').arguments.slice(0, 2)).to.deep.equal([
      'key_1',
      'leaked',
    ]);
  });
});
