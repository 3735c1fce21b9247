import { expect } from 'chai';
import type { CountersignError } from '../../../../src/domain/errors.js';
import { unavailable } from '../../../../src/domain/errors.js';
import { revokeToken, type RevokeTokenDeps } from '../../../../src/use-cases/token/revoke-token.js';

const CREDENTIAL = { method: 'client_secret_basic', clientId: 'thief', secret: 'x' } as const;
const CONTEXT = { requestId: 'req_1', source: '192.0.2.1' } as never;

/** A thief’s revocation, with the calls it caused. */
async function revoked(token: string, reachable = true): Promise<readonly string[]> {
  const calls: string[] = [];
  const deps = {
    authenticator: { authenticateAgent: async () => ({ spec: { id: 'thief' } }) },
    verifier: {
      verify: (text: string) =>
        text === 'foreign' ? { claims: { sub: 'victim', jti: 'jti_1' } } : undefined,
    },
    signer: { sync: async () => undefined },
    store: {
      async check() {
        calls.push('check');
        if (!reachable) throw unavailable('away');
        return { keyringGeneration: 1 };
      },
    },
    revocations: {
      async revokeOwnToken() {
        calls.push('revoke');
        return 'done';
      },
    },
    onRevocation: () => calls.push('counted'),
  } as unknown as RevokeTokenDeps;
  try {
    await revokeToken(deps, token, CREDENTIAL, CONTEXT);
  } catch (error) {
    calls.push((error as CountersignError).code);
  }
  return calls;
}

describe('revocation of a token that is not the caller’s', () => {
  it('makes the reads of an unknown token for a foreign one, and revokes neither', async () => {
    expect(await revoked('foreign')).to.deep.equal(['check']);
    expect(await revoked('unknown')).to.deep.equal(['check']);
  });

  it('fails alike without the store', async () => {
    expect(await revoked('foreign', false)).to.deep.equal(['check', 'temporarily_unavailable']);
    expect(await revoked('unknown', false)).to.deep.equal(['check', 'temporarily_unavailable']);
  });
});
