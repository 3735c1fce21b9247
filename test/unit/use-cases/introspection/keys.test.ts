import { expect } from 'chai';
import {
  introspect,
  type IntrospectDeps,
} from '../../../../src/use-cases/introspection/introspect.js';
import { revokeSigningKey } from '../../../../src/token/change-keyring.js';
import { SERVICE_ITSELF } from '../../../../src/token/key-changes.js';
import { createKeyring, type Keyring } from '../../../../src/token/keyring.js';
import { createTokenSigner } from '../../../../src/token/signer.js';
import { createTokenVerifier } from '../../../../src/token/verifier.js';
import type { MemoryKeyringStore } from '../../../support/memory-keyring-store.js';
import { ISSUER, testKeyring, tokenClaims } from '../../../support/tokens.js';

type Verdict = Awaited<ReturnType<IntrospectDeps['store']['check']>>;

interface Node {
  readonly store: MemoryKeyringStore;
  /** Of the node that is asked. */
  readonly keyring: Keyring;
  /** Signs on another node, with the newest key. */
  readonly issueElsewhere: () => Promise<string>;
  /** Revokes the key that signs; another takes its place. */
  readonly revokeKey: () => Promise<void>;
  /** Asks; `meanwhile` happens while the store is asked. Returns the answer and how often the store was. */
  readonly ask: (
    token: string,
    meanwhile?: () => Promise<void> | void,
  ) => Promise<{ active: boolean; checks: number }>;
}

async function node(): Promise<Node> {
  const { store, sealer, keyring } = await testKeyring();
  const other = createKeyring(store, sealer);
  await other.ensure('ES256');
  const newest = (): number => store.document?.generation ?? 0;
  return {
    store,
    keyring,
    async issueElsewhere() {
      await other.sync(newest());
      return createTokenSigner(other, { issuer: ISSUER }).sign(tokenClaims()).token;
    },
    async revokeKey() {
      const kid = store.document?.keys.find(({ state }) => state === 'active')?.kid ?? '';
      await revokeSigningKey(store, sealer, kid, { ...SERVICE_ITSELF, alg: 'ES256' });
    },
    async ask(token, meanwhile) {
      let checks = 0;
      const check = async (known: object | undefined): Promise<Verdict> => {
        checks++;
        await meanwhile?.();
        const active = known !== undefined;
        const why = active ? 'active' : 'unknown';
        const generations = { registryGeneration: 1, keyringGeneration: newest() };
        return { active, why, resource: active ? 'stripe' : undefined, ...generations };
      };
      const server = { spec: { id: 'api', resources: ['stripe'] } };
      const deps = {
        authenticator: { authenticateResourceServer: () => Promise.resolve(server) },
        catalogue: {
          generation: () => 1,
          observe: () => false,
          resource: () => Promise.resolve({ spec: { id: 'stripe' } }),
        },
        verifier: createTokenVerifier(keyring, { issuer: ISSUER, cacheEntries: 10 }),
        signer: keyring,
        store: { check },
        uses: { count: () => undefined },
        misuses: { count: () => undefined },
        timer: () => undefined,
        onVerdict: () => undefined,
      } as unknown as IntrospectDeps;
      const { active } = await introspect(deps, token, {} as never, {} as never);
      return { active, checks };
    },
  };
}

describe('introspection while the keys change', () => {
  it('answers at once when the new keys give an equal result', async () => {
    const { store, issueElsewhere, ask } = await node();
    const token = await issueElsewhere();
    const moves = (): void => {
      if (store.document)
        store.document = { ...store.document, generation: store.document.generation + 1 };
    };
    expect(await ask(token, moves)).to.deep.equal({ active: true, checks: 1 });
  });

  it('accepts a token of a key that was not read yet', async () => {
    const { issueElsewhere, revokeKey, ask } = await node();
    await revokeKey();
    expect(await ask(await issueElsewhere())).to.deep.equal({ active: true, checks: 2 });
  });

  it('accepts it also when another request read the key first', async () => {
    const { store, keyring, issueElsewhere, revokeKey, ask } = await node();
    await revokeKey();
    const token = await issueElsewhere();
    const another = async (): Promise<void> => {
      await keyring.sync(store.document?.generation ?? 0);
    };
    expect(await ask(token, another)).to.deep.equal({ active: true, checks: 2 });
  });

  it('drops a token of a key that was revoked during the request, in any order of reads', async () => {
    const { store, keyring, issueElsewhere, revokeKey, ask } = await node();
    const token = await issueElsewhere();
    let revoked = false;
    const another = async (): Promise<void> => {
      if (!revoked) await revokeKey();
      revoked = true;
      await keyring.sync(store.document?.generation ?? 0);
    };
    expect(await ask(token, another)).to.deep.equal({ active: false, checks: 2 });
  });
});
