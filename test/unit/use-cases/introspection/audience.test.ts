import { expect } from 'chai';
import {
  introspect,
  type IntrospectDeps,
} from '../../../../src/use-cases/introspection/introspect.js';
import { tokenClaims } from '../../../support/tokens.js';

interface Case {
  /** In the token's record; undefined: there is none. */
  readonly resource: string | undefined;
  /** Has the token's audience today. */
  readonly owner: string | undefined;
  /** Of the resource server that asks. */
  readonly holds: readonly string[];
}

/** What is answered, counted and measured of a token that the store has as active unless it has no record of it. */
async function ask({ resource, owner, holds }: Case) {
  const seen = { uses: [] as boolean[], misuses: 0, why: '', auds: [] as unknown[] };
  const active = resource !== undefined;
  const deps = {
    authenticator: {
      authenticateResourceServer: () => Promise.resolve({ spec: { id: 'rs', resources: holds } }),
    },
    catalogue: {
      generation: () => 1,
      observe: () => false,
      resource: () => Promise.resolve(owner === undefined ? undefined : { spec: { id: owner } }),
    },
    verifier: {
      generation: () => 1,
      verify: () => ({ claims: tokenClaims(), sha256: 'a'.repeat(64) }),
    },
    signer: { sync: () => Promise.resolve() },
    store: {
      check(token: { aud: string } | undefined) {
        seen.auds.push(token?.aud);
        const why = active ? 'active' : 'unknown';
        const generations = { registryGeneration: 1, keyringGeneration: 1 };
        return Promise.resolve({ active, why, resource, ...generations });
      },
    },
    uses: { count: (_: unknown, __: unknown, isActive: boolean) => seen.uses.push(isActive) },
    misuses: { count: () => seen.misuses++ },
    timer: () => undefined,
    onVerdict: (why: string) => (seen.why = why),
  } as unknown as IntrospectDeps;
  const answer = await introspect(deps, 'token', {} as never, {} as never);
  return { active: answer.active, ...seen };
}

describe('introspection by the resource in the record', () => {
  it('is active for a caller that holds it, while it has the audience of the token', async () => {
    const answer = await ask({ resource: 'a', owner: 'a', holds: ['a', 'b'] });
    expect(answer).to.include({ active: true, misuses: 0, why: 'active' });
    expect(answer.uses).to.deep.equal([true]);
    expect(answer.auds).to.deep.equal(['https://api.example']);
  });

  it('is inactive for a caller that does not hold it: counted as a misuse, once', async () => {
    const answer = await ask({ resource: 'a', owner: 'a', holds: ['b'] });
    expect(answer).to.include({ active: false, misuses: 1, why: 'audience' });
    expect(answer.uses).to.deep.equal([]);
  });

  it('is inactive when the audience belongs to another resource now, also for a server with both', async () => {
    for (const holds of [['a'], ['b'], ['a', 'b']]) {
      const answer = await ask({ resource: 'a', owner: 'b', holds });
      expect(answer, holds.join()).to.include({ active: false, misuses: 0, why: 'audience' });
      expect(answer.uses).to.deep.equal([false]);
    }
    const answer = await ask({ resource: 'a', owner: 'b', holds: ['c'] });
    expect(answer).to.include({ active: false, misuses: 1 });
  });

  it('is inactive when no resource has the audience now', async () => {
    const answer = await ask({ resource: 'a', owner: undefined, holds: ['a'] });
    expect(answer).to.include({ active: false, misuses: 0, why: 'audience' });
    expect(await ask({ resource: 'a', owner: undefined, holds: ['b'] })).to.include({ misuses: 1 });
  });

  it('is inactive without a record; a misuse only by a server that does not have the audience', async () => {
    const known = await ask({ resource: undefined, owner: 'a', holds: ['a'] });
    expect(known).to.include({ active: false, misuses: 0, why: 'unknown' });
    expect(known.uses).to.deep.equal([false]);
    const foreign = await ask({ resource: undefined, owner: 'a', holds: ['b'] });
    expect(foreign).to.include({ active: false, misuses: 1, why: 'audience' });
    const nobodys = await ask({ resource: undefined, owner: undefined, holds: ['a'] });
    expect(nobodys).to.include({ active: false, misuses: 1 });
  });
});
