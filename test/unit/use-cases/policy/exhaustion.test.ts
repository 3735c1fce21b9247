import { expect } from 'chai';
import { CountersignError } from '../../../../src/domain/errors.js';
import type {
  Exhaustion,
  NodeReport,
  PolicyDocument,
} from '../../../../src/domain/policy-lifecycle.js';
import type { ActivateDeps } from '../../../../src/use-cases/policy/activate.js';
import type { SampleVerdict } from '../../../../src/domain/replay-sample.js';
import { rollback } from '../../../../src/use-cases/policy/rollback.js';
import { endExhaustion, exhaustedBy } from '../../../../src/use-cases/policy/exhaustion.js';
import { sampledReplay } from '../../../support/sampled-replay.js';
import { memoryPolicyStore, type MemoryPolicyStore } from '../../../support/memory-policy-store.js';
import {
  activateBundle,
  committedBundle,
  putBundle,
  variantOf,
} from '../../../support/stored-bundles.js';

const agents = (count: number, from = 0): readonly string[] =>
  Array.from({ length: count }, (_, n) => `agent-${String(n + from)}`);
const nodeOf = (exhaustion?: Exhaustion): NodeReport => ({
  ...{ node: 'n', seen_ms: 1, ready: [], refused: {}, generation: 1, trials: [] },
  ...(exhaustion === undefined ? {} : { exhaustion }),
});
const ACTIVE = {
  digest: 'd1',
  revision: 'r',
  since_ms: 1,
  by: { kind: 'admin', id: 'root' },
} as const;
const DOCUMENT: PolicyDocument = {
  ...{ version: 1, generation: 1, active: ACTIVE, history: [], highest_sequence: 0 },
};
const report = (change: Partial<Exhaustion>): Exhaustion => ({
  ...{ digest: 'd1', evaluations: 1000, ran_out: 10, agents: agents(5) },
  ...change,
});
const judged = (...reports: readonly Partial<Exhaustion>[]): unknown =>
  exhaustedBy(DOCUMENT, [nodeOf(), ...reports.map((one) => nodeOf(report(one)))]);

describe('an active bundle is exhausted', () => {
  it('when five agents and one evaluation in a hundred ran out', () => {
    expect(judged({})).to.deep.include({ evaluations: 1000, ran_out: 10 });
  });

  it('never because of one agent, nor of four', () => {
    expect(judged({ agents: agents(1), ran_out: 1000 })).to.equal(undefined);
    expect(judged({ agents: agents(4), ran_out: 1000 })).to.equal(undefined);
  });

  it('never below one in a hundred', () => {
    expect(judged({ ran_out: 9 })).to.equal(undefined);
  });

  it('by the sums of all nodes, each agent once', () => {
    const few = { evaluations: 500, ran_out: 5 };
    expect(judged({ ...few, agents: agents(3) }, { ...few, agents: agents(3) })).to.equal(
      undefined,
    );
    const more = judged({ ...few, agents: agents(3) }, { ...few, agents: agents(2, 3) });
    expect(more).to.deep.equal({ evaluations: 1000, ran_out: 10, agents: agents(5) });
  });

  it('never by one node alone: evaluations of nodes where none ran out count, too', () => {
    const one = { evaluations: 500, ran_out: 5 };
    const quiet = { evaluations: 500, ran_out: 0, agents: [] };
    expect(judged(one)).not.to.equal(undefined);
    expect(judged(one, ...Array<Partial<Exhaustion>>(9).fill(quiet))).to.equal(undefined);
  });

  it('never by counts of another bundle', () => {
    expect(judged({ digest: 'd0' })).to.equal(undefined);
  });
});

describe('the end of an exhausted bundle', () => {
  let store: MemoryPolicyStore;
  let newGrants: number;
  let verdict: SampleVerdict;
  let deps: ActivateDeps;
  const EXHAUSTED = { evaluations: 100, ran_out: 10, agents: agents(5) };
  const active = async (): Promise<string | undefined> => (await store.document())?.active.revision;
  const end = async (): Promise<void> => endExhaustion(deps, (await store.document())!, EXHAUSTED);

  beforeEach(async () => {
    store = memoryPolicyStore();
    newGrants = 0;
    verdict = 'replayed';
    const unused = { admit: () => Promise.reject(new Error('not admitted again')) };
    const committed = await committedBundle();
    for (const revision of ['good', 'bad'])
      await activateBundle(
        store,
        await putBundle(store, await variantOf(committed, revision, (d) => d)),
      );
    const ready = (await store.records()).map(({ digest }) => digest);
    for (const digest of ready) await store.report(digest, { report: ADMITTED }, []);
    await store.beat({ node: 'n', ready, refused: {}, generation: 2, trials: [] });
    deps = {
      ...{ store, admission: unused, node: { wake: () => Promise.resolve() } },
      ...{ pause: () => Promise.resolve(), readyTimeoutMs: 1000 },
      samples: () => Promise.resolve({ recorded: [], registry: [] }),
      replayGate: {
        replay: () =>
          Promise.resolve({
            ...{ at_ms: 1, since_ms: 0, replayed: 60, unchanged: 60, not_replayable: 0 },
            changes: { deny_to_allow: newGrants },
            sample: sampledReplay({ new_grants: newGrants, verdict }),
          }),
      },
    };
  });

  const ADMITTED = { ok: true, at_ms: 1, took_ms: 1, steps: [] };
  const kept = async (code: string): Promise<void> => {
    expect(await active()).to.equal('bad');
    expect(store.events.at(-1)).to.deep.include({ type: 'policy.exhausted', codes: [code] });
  };

  it('is the bundle before it, on the record', async () => {
    await end();
    expect(await active()).to.equal('good');
    const [event] = store.events.filter(({ type }) => type === 'policy.rolled_back');
    expect(event?.detail).to.have.nested.property('replay.verdict', 'replayed');
    expect(event?.principal).to.deep.equal({ kind: 'system', id: 'policy-guard' });
    expect(event?.detail)
      .to.have.property('reason')
      .that.matches(/^10 of 100 evaluations/);
  });

  it('is refused by a replay that finds new grants: the bundle stays, on the record', async () => {
    newGrants = 1;
    await end();
    expect(await active()).to.equal('bad');
    const [event] = store.events.filter(({ type }) => type === 'policy.exhausted');
    expect(event).to.deep.include({ codes: ['bundle_refused'], policy_revision: 'bad' });
    expect(event?.detail)
      .to.deep.include({ ...EXHAUSTED })
      .and.to.have.property('problems');
  });

  it('happens once: a bundle that came by it stays', async () => {
    await end();
    await end();
    expect(await active()).to.equal('good');
    expect(store.events.at(-1)).to.deep.include({ type: 'policy.exhausted', codes: ['conflict'] });
  });

  it('never goes back to a bundle that an operator left by a rollback', async () => {
    const by = { requestId: 'r', principal: { kind: 'admin', id: 'ann' } } as const;
    await rollback(deps, { reason: 'bad grants too much' }, by);
    await end();
    expect(await active()).to.equal('good');
    expect(store.events.at(-1)).to.deep.include({ type: 'policy.exhausted', codes: ['conflict'] });
  });

  it('needs decisions to replay: too few on the record are not enough', async () => {
    verdict = 'nothing_to_replay';
    await end();
    await kept('conflict');
  });

  it('needs a bundle that was admitted', async () => {
    for (const { digest } of await store.records())
      await store.report(digest, { report: { ...ADMITTED, ok: false } }, []);
    await end();
    await kept('conflict');
  });

  it('does not undo a concurrent activation by an operator', async () => {
    const committed = await committedBundle();
    const other = await putBundle(store, await variantOf(committed, 'other', (d) => d));
    const passing = deps.replayGate;
    const replayGate: ActivateDeps['replayGate'] = {
      replay: async (...args) => {
        await activateBundle(store, other);
        return passing.replay(...args);
      },
    };
    await endExhaustion({ ...deps, replayGate }, (await store.document())!, EXHAUSTED);
    expect(await active()).to.equal('other');
    expect(store.events.filter(({ type }) => type === 'policy.rolled_back')).to.deep.equal([]);
  });

  it('fails when the store does, and says nothing of a bundle that stays', async () => {
    const broken = { ...deps, replayGate: { replay: () => Promise.reject(new Error('broken')) } };
    const failed = await endExhaustion(broken, (await store.document())!, EXHAUSTED).catch(
      (error: unknown) => error,
    );
    expect(failed).to.be.instanceOf(Error).and.not.instanceOf(CountersignError);
    expect(await active()).to.equal('bad');
  });
});
