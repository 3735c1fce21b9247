import { expect } from 'chai';
import { createPolicyStore } from '../../src/redis/stores/policy-store.js';
import type { PolicyDocument } from '../../src/domain/policy-lifecycle.js';
import { openTestStore, type TestStore } from '../support/store.js';
import { describePolicyStore } from './policy-store.js';
import { useRedis } from '../support/use-store.js';

const BY = { kind: 'admin', id: 'root' } as const;

describe('bundles on a real Redis', () => {
  const redis = useRedis();

  describePolicyStore('Redis', async () => {
    const opened = await openTestStore(redis);
    return {
      store: createPolicyStore(opened.context),
      close: () => {
        opened.close();
        return Promise.resolve();
      },
    };
  });

  describe('and what only a store shared by many needs', () => {
    let opened: TestStore;
    beforeEach(async () => {
      opened = await openTestStore(redis);
    });
    afterEach(() => {
      opened.close();
    });
    const hex = (i: number): string => `sha256:${i.toString(16).padStart(64, '0')}`;
    const generations = (): Promise<(string | null)[]> =>
      Promise.all(
        [0, 1, 2, 3].map((shard) =>
          opened.client.hget(opened.context.keys.meta(shard), 'g:policy'),
        ),
      );
    const document = (version: number, generation: number): PolicyDocument => ({
      ...{ version, generation, history: [], highest_sequence: 0 },
      active: { digest: hex(1), revision: 'r', since_ms: 1, by: BY },
    });

    it('raises every shard before a change of who decides is acknowledged, and only then', async () => {
      const store = createPolicyStore(opened.context);
      await store.replace(0, document(1, 1), []);
      expect(await generations()).to.deep.equal(['1', '1', '1', '1']);
      await store.replace(1, document(2, 1), []);
      expect(await generations()).to.deep.equal(['1', '1', '1', '1']);
      await store.replace(2, document(3, 2), []);
      expect(await generations()).to.deep.equal(['2', '2', '2', '2']);
    });

    it('writes the event atomically: who loses the race leaves none', async () => {
      const store = createPolicyStore(opened.context);
      const event = { type: 'policy.activated', principal: BY } as const;
      await store.replace(0, document(1, 1), [event]);
      await store.replace(0, document(1, 1), [event]);
      expect(await opened.client.xlen(opened.context.keys.audit('control'))).to.equal(1);
    });

    it('forgets the oldest bundles past its room, and none that has a role or had one', async () => {
      const store = createPolicyStore(opened.context);
      await store.replace(0, { ...document(1, 1), history: [document(1, 1).active] }, []);
      for (let i = 1; i <= 60; i++) {
        const record = {
          ...{ digest: hex(i), revision: `r${String(i)}`, sequence: 0, opa_version: '1.22.2' },
          ...{ entrypoints: [], size_bytes: 1, pushed_at_ms: i, pushed_by: BY, source: 'push' },
        };
        await store.put(record, Uint8Array.of(1), []);
      }
      const kept = (await store.records()).map(({ pushed_at_ms }) => pushed_at_ms);
      expect(kept).to.have.length(52);
      expect(kept).to.include(1).and.not.to.include(2);
      expect(await store.archive(hex(2))).to.equal(undefined);
    });

    it('makes no key from what is no digest', async () => {
      const store = createPolicyStore(opened.context);
      expect(await store.record('../x')).to.equal(undefined);
      const thrown = await store.archive('sha256:zz').catch((error: unknown) => error);
      expect(thrown).to.be.instanceOf(Error);
    });
  });
});
