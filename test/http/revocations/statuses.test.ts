import { expect } from 'chai';
import { unavailable } from '../../../src/domain/errors.js';
import { REVOCATION_DIMENSIONS } from '../../../src/domain/revocation.js';
import { useFakeService } from '../../support/http-listeners.js';

const PATH = '/admin/v1/revocations';

describe('POST /admin/v1/revocations', () => {
  const service = useFakeService();

  for (const by of REVOCATION_DIMENSIONS) {
    it(`200: by ${by}, when every shard has it`, async () => {
      const json = { by, value: by === 'all' ? '*' : 'v1', reason: 'leaked' };
      const answer = await service().client.admin('POST', PATH, { json });
      expect(answer.status).to.equal(200);
      expect(answer.json()).to.deep.equal({ state: 'done', rev_id: 'rev_1' });
      expect(service().operations.last('revocations.revoke').arguments[0]).to.deep.equal({
        ...json,
        denyUntilLifted: false,
      });
    });
  }

  it('202: pending, with the shards that are missing', async () => {
    service().operations.revokeWith = () => ({
      state: 'pending',
      revId: 'rev_1',
      missingShards: [3, 17],
    });
    const json = { by: 'session', value: 's1', reason: 'r', deny_until_lifted: true };
    const answer = await service().client.admin('POST', PATH, { json });
    expect(answer.status).to.equal(202);
    expect(answer.json()).to.deep.equal({
      state: 'pending',
      rev_id: 'rev_1',
      missing_shards: [3, 17],
    });
  });

  for (const state of ['done', 'pending'] as const) {
    it(`${state}: says that no stored bundle has the revoked revision`, async () => {
      service().operations.revokeWith = () =>
        ({ state, revId: 'rev_1', missingShards: [1], matched: 'none' }) as const;
      const json = { by: 'policy_revision', value: 'r9', reason: 'r' };
      const answer = await service().client.admin('POST', PATH, { json });
      expect(answer.json()).to.include({ state, rev_id: 'rev_1', matched: 'none' });
    });
  }

  for (const [name, json] of [
    ['an unknown dimension', { by: 'everything', value: 'x', reason: 'r' }],
    ['all with a value that is not *', { by: 'all', value: 'x', reason: 'r' }],
    ['no reason', { by: 'agent', value: 'x' }],
    ['an empty reason', { by: 'agent', value: 'x', reason: '' }],
    ['an empty value', { by: 'agent', value: '', reason: 'r' }],
    [
      'deny until lifted of what is revoked for ever',
      { by: 'token', value: 'x', reason: 'r', deny_until_lifted: true },
    ],
  ] as const) {
    it(`400: ${name}`, async () => {
      const answer = await service().client.admin('POST', PATH, { json });
      expect(answer.status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('400: the token that was sent is not in the answer', async () => {
    const json = { by: 'token', value: 'eyJ0.eyJ1.c2ln', reason: '', other: 'eyJ0.eyJ1.c2ln' };
    expect((await service().client.admin('POST', PATH, { json })).text).not.to.include('eyJ0');
  });

  it('503: not recorded', async () => {
    service().operations.revokeWith = () => {
      throw unavailable('redis away');
    };
    const json = { by: 'agent', value: 'a', reason: 'r' };
    expect((await service().client.admin('POST', PATH, { json })).status).to.equal(503);
  });

  it('lift 200 for a floor, 400 for what is revoked for ever', async () => {
    const lift = (by: string) =>
      service().client.admin('POST', `${PATH}/lift`, { json: { by, value: 'v', reason: 'r' } });
    expect((await lift('agent')).status).to.equal(200);
    expect((await lift('key')).status).to.equal(400);
  });
});
