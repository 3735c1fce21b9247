import { expect } from 'chai';
import type { KeyringStore } from '../../src/domain/ports.js';
import type { KeyringDocument } from '../../src/domain/token.js';

/** A store with no keyring in it yet, and what ends it. */
export interface KeyringStoreUnderTest {
  readonly store: KeyringStore;
  /** Deletes the document and nothing else. */
  lose(): Promise<unknown>;
  close(): Promise<void>;
}

function document(generation: number, kid = 'k1'): KeyringDocument {
  return {
    generation,
    keys: [
      {
        kid,
        alg: 'ES256',
        state: 'active',
        public_jwk: { kty: 'EC', kid, note: 'ünï "quoted" \\ \n 𝄞' },
        sealed_private_key: 'v1.a.b.c.d',
        published_at_ms: 1_700_000_000_000,
        activated_at_ms: 1_700_000_000_001,
      },
    ],
  };
}

/** What every KeyringStore must do. `open` gives a fresh, empty store for each test. */
export function describeKeyringStore(
  name: string,
  open: () => Promise<KeyringStoreUnderTest>,
): void {
  describe(`keyring store: ${name}`, () => {
    let opened: KeyringStoreUnderTest;
    let store: KeyringStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('has nothing at first', async () => {
      expect(await store.read()).to.equal(undefined);
    });

    it('reads back exactly what was written', async () => {
      const whole = { ...document(1), rotation_requested_at_ms: 1_700_000_000_002 };
      expect(await store.replace(0, whole, [])).to.equal(true);
      expect(await store.read()).to.deep.equal(whole);
    });

    it('replaces the whole document and keeps nothing of the old one', async () => {
      await store.replace(0, { ...document(1), rotation_requested_at_ms: 5 }, []);
      expect(await store.replace(1, document(2, 'k2'), [])).to.equal(true);
      expect(await store.read()).to.deep.equal(document(2, 'k2'));
    });

    it('writes nothing when another generation is expected than is stored', async () => {
      expect(await store.replace(1, document(2, 'early'), [])).to.equal(false);
      expect(await store.read()).to.equal(undefined);
      await store.replace(0, document(1), []);
      for (const expected of [0, 2, 7]) {
        const next = document(expected + 1, 'late');
        expect(await store.replace(expected, next, [])).to.equal(false);
      }
      expect(await store.read()).to.deep.equal(document(1));
    });

    it('lets one of many racing first writers win', async () => {
      const kids = Array.from({ length: 10 }, (_, index) => `k${String(index)}`);
      const won = await Promise.all(kids.map((kid) => store.replace(0, document(1, kid), [])));
      expect(won.filter(Boolean)).to.have.length(1);
      expect(await store.read()).to.deep.equal(document(1, kids[won.indexOf(true)]));
    });

    it('lets one of many racing later writers win, each generation', async () => {
      await store.replace(0, document(1), []);
      for (let generation = 1; generation <= 5; generation++) {
        const writes = ['a', 'b', 'c'].map((kid) =>
          store.replace(generation, document(generation + 1, kid), [
            { type: 'key.published', principal: { kind: 'system', id: 'keyring' }, kid },
          ]),
        );
        expect((await Promise.all(writes)).filter(Boolean)).to.have.length(1);
        expect((await store.read())?.generation).to.equal(generation + 1);
      }
    });

    it('keeps the highest generation, also without a document', async () => {
      expect(await store.highestGeneration()).to.equal(0);
      await store.replace(0, document(1), []);
      await store.replace(1, document(2), []);
      await opened.lose();
      expect(await store.read()).to.equal(undefined);
      expect(await store.highestGeneration()).to.equal(2);
    });

    it('has a clock that does not go back', async () => {
      const first = await store.tickMs();
      const second = await store.tickMs();
      expect(Number.isSafeInteger(first)).to.equal(true);
      expect(first).to.be.greaterThan(1_600_000_000_000);
      expect(second).to.be.at.least(first);
    });
  });
}
