import { expect } from 'chai';
import { makeReady, type MakeReadyDeps } from '../../../../src/use-cases/policy/make-ready.js';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { BundleRecord, NodeReport } from '../../../../src/domain/policy-lifecycle.js';
import { memoryPolicyStore, type MemoryPolicyStore } from '../../../support/memory-policy-store.js';

const NEW = 'sha256:new';
const BY = { kind: 'admin', id: 'a' } as const;
const ASSIGNMENT = { digest: NEW, revision: 'new', since_ms: 0, by: BY };
const RECORD = { digest: NEW, revision: 'new' } as BundleRecord;
const REPORT: Omit<NodeReport, 'seen_ms' | 'node'> = {
  ready: [],
  refused: {},
  generation: 1,
  trials: [],
};

describe('a bundle is ready', () => {
  let store: MemoryPolicyStore;
  let nowMs: number;

  beforeEach(async () => {
    nowMs = 1_000_000;
    store = memoryPolicyStore(() => nowMs);
    const active = { ...ASSIGNMENT, digest: 'sha256:old', revision: 'old' };
    const document = { version: 1, generation: 1, active, history: [], highest_sequence: 0 };
    await store.replace(0, document, []);
    await store.beat({ ...REPORT, node: 'one', ready: [NEW] });
    await store.beat({ ...REPORT, node: 'two' });
  });

  /** Both nodes report that they are alive; the second one has the bundle after `atMs`. */
  function deps(atMs: number): MakeReadyDeps {
    const beganMs = nowMs;
    return {
      store,
      node: {
        wake: async () => {
          const ready = nowMs - beganMs >= atMs ? [NEW] : [];
          await store.beat({ ...REPORT, node: 'one', ready: [NEW] });
          await store.beat({ ...REPORT, node: 'two', ready });
        },
      },
      pause: (ms) => {
        nowMs += ms;
        return Promise.resolve();
      },
      readyTimeoutMs: 2000,
    };
  }

  it('when every live node has it, and not before', async () => {
    const began = nowMs;
    const nodes = await makeReady(deps(500), RECORD, ASSIGNMENT);
    expect(nodes.map(({ ready }) => ready)).to.deep.equal([[NEW], [NEW]]);
    expect(nowMs - began).to.be.at.least(500);
  });

  it('on no node while one live node never has it: conflict, and the candidate is dropped', async () => {
    const failed: unknown = await makeReady(deps(Infinity), RECORD, ASSIGNMENT).catch(
      (error: unknown) => error,
    );
    expect(failed).to.be.instanceOf(CountersignError).with.property('code', 'conflict');
    expect(JSON.stringify(failed)).to.contain('not ready in time: two');
    expect(await store.document()).not.to.have.property('candidate');
    expect(store.events.map(({ type }) => type)).to.deep.equal(['policy.candidate_dropped']);
  });
});
