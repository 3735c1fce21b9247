import { expect } from 'chai';
import {
  createRevocationOperations,
  type RevocationOperationsDeps,
} from '../../../../src/use-cases/admin/revocations.js';
import { unavailable } from '../../../../src/domain/errors.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'admin' } } as const;

async function revoked(
  by: 'policy_revision' | 'session',
  hasRevision: RevocationOperationsDeps['hasRevision'],
) {
  const deps = {
    store: { revoke: async () => ({ state: 'done', revId: 'rev_1' }) },
    onRevocation: () => undefined,
    hasRevision,
  } as unknown as RevocationOperationsDeps;
  const command = { by, value: 'r1', reason: 'test', denyUntilLifted: false } as const;
  return createRevocationOperations(deps).revoke(command, CONTEXT);
}

describe('a revocation by policy revision', () => {
  it('says when no stored bundle has the revision', async () => {
    const outcome = await revoked('policy_revision', async () => false);
    expect(outcome).to.deep.equal({ state: 'done', revId: 'rev_1', matched: 'none' });
  });

  it('is done when the bundles cannot be looked up, and says nothing of them', async () => {
    const away = () => Promise.reject(unavailable('away'));
    const outcome = await revoked('policy_revision', away);
    expect(outcome).to.deep.equal({ state: 'done', revId: 'rev_1' });
  });

  it('says nothing of a known revision, nor of another dimension', async () => {
    expect(await revoked('policy_revision', async () => true)).not.to.have.property('matched');
    expect(await revoked('session', async () => false)).not.to.have.property('matched');
  });
});
