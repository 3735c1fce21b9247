import { expect } from 'chai';
import type {
  BundleRecord,
  PolicyDocument,
  PolicyStore,
} from '../../src/domain/policy-lifecycle.js';

/** A store with no bundle in it yet, and what ends it. */
export interface PolicyStoreUnderTest {
  readonly store: PolicyStore;
  close(): Promise<void>;
}

const BY = { kind: 'admin', id: 'root' } as const;
const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;

function record(letter: string, pushed_at_ms = 1): BundleRecord {
  return {
    ...{ digest: digestOf(letter), revision: `r-${letter}`, sequence: 1, opa_version: '1.22.2' },
    ...{ entrypoints: ['countersign/decision'], size_bytes: 4, pushed_at_ms, pushed_by: BY },
    source: 'push',
  };
}

function document(change: Partial<PolicyDocument> = {}): PolicyDocument {
  const active = { digest: digestOf('a'), revision: 'r-a', since_ms: 1, by: BY };
  return { version: 1, generation: 1, active, history: [], highest_sequence: 1, ...change };
}

const REPORT = { ok: true, at_ms: 5, took_ms: 1.5, steps: [] } as const;
const SUMMARY = {
  ...{ at_ms: 6, since_ms: 0, replayed: 3, unchanged: 3, not_replayable: 0 },
  changes: {},
};

/** What every PolicyStore must do. `open` gives a fresh, empty store for each test. */
export function describePolicyStore(name: string, open: () => Promise<PolicyStoreUnderTest>): void {
  describe(`policy store: ${name}`, () => {
    let opened: PolicyStoreUnderTest;
    let store: PolicyStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it('has nothing at first', async () => {
      expect(await store.document()).to.equal(undefined);
      expect(await store.records()).to.deep.equal([]);
      expect(await store.record(digestOf('a'))).to.equal(undefined);
      expect(await store.archive(digestOf('a'))).to.equal(undefined);
      expect((await store.nodes()).nodes).to.deep.equal([]);
    });

    it('reads back exactly the document that was written', async () => {
      const whole = document({
        canary: { ...document().active, percent: 5, reason: 'ünï "x" \\' },
        candidate: { ...document().active, deadline_ms: 99 },
        history: [document().active],
      });
      expect(await store.replace(0, whole, [])).to.equal(true);
      expect(await store.document()).to.deep.equal(whole);
    });

    it('lets one of many win at each version', async () => {
      const first = await Promise.all(
        Array.from({ length: 8 }, () => store.replace(0, document(), [])),
      );
      expect(first.filter(Boolean)).to.have.length(1);
      const next = document({ version: 2, generation: 2 });
      expect(await store.replace(0, next, [])).to.equal(false);
      expect(await store.replace(2, next, [])).to.equal(false);
      expect(await store.replace(1, next, [])).to.equal(true);
      expect((await store.document())?.version).to.equal(2);
    });

    it('keeps bytes by digest, once, and the first record of them', async () => {
      const bytes = Uint8Array.from([0, 255, 13, 10]);
      await store.put(record('a'), bytes, []);
      await store.put({ ...record('a'), source: 'other' }, Uint8Array.from([1]), []);
      expect(Buffer.from((await store.archive(digestOf('a')))!)).to.deep.equal(Buffer.from(bytes));
      expect(await store.record(digestOf('a'))).to.deep.equal(record('a'));
    });

    it('lists the newest first', async () => {
      for (const [letter, at] of [
        ['a', 1],
        ['c', 3],
        ['b', 2],
      ] as const) {
        await store.put(record(letter, at), Uint8Array.of(1), []);
      }
      const digests = (await store.records()).map(({ digest }) => digest);
      expect(digests).to.deep.equal(['c', 'b', 'a'].map(digestOf));
    });

    it('keeps each report separate from the record', async () => {
      await store.put(record('a'), Uint8Array.of(1), []);
      await store.report(digestOf('a'), { report: REPORT }, []);
      await store.report(digestOf('a'), { replay: SUMMARY }, []);
      expect(await store.record(digestOf('a'))).to.deep.equal({
        ...record('a'),
        report: REPORT,
        replay: SUMMARY,
      });
    });

    it('knows who lives, until they leave', async () => {
      const report = { ready: [digestOf('a')], refused: {}, generation: 1, trials: [] };
      const { nodes, nowMs } = await store.beat({ node: 'one', ...report });
      expect(nodes).to.have.length(1);
      expect(nodes[0]).to.deep.include({ node: 'one', ...report });
      expect(nowMs - nodes[0]!.seen_ms).to.be.within(0, 1000);
      await store.beat({ node: 'two', ...report, refused: { [digestOf('b')]: 'no' } });
      expect((await store.nodes()).nodes.map(({ node }) => node)).to.deep.equal(['one', 'two']);
      await store.leave('one');
      expect((await store.nodes()).nodes.map(({ node }) => node)).to.deep.equal(['two']);
    });
  });
}
