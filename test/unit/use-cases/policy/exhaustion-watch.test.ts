import { expect } from 'chai';
import { createExhaustionWatch } from '../../../../src/app/policy/exhaustion-watch.js';
import type { NodeReport } from '../../../../src/domain/policy-lifecycle.js';
import { LIVE_MS } from '../../../../src/use-cases/policy/make-ready.js';
import { until } from '../../../support/episode.js';
import { memoryPolicyStore, type MemoryPolicyStore } from '../../../support/memory-policy-store.js';
import { SILENT_LOG } from '../../../support/silent-log.js';
import { activateBundle, committedBundle, putBundle } from '../../../support/stored-bundles.js';

const NOW_MS = 1_000_000;

describe('the watch for an exhausted bundle', () => {
  let store: MemoryPolicyStore;
  let digest: string;
  beforeEach(async () => {
    store = memoryPolicyStore();
    const record = await putBundle(store, await committedBundle());
    ({ digest } = record);
    await activateBundle(store, record);
  });

  /** A live node that counts; a member of `change` replaces one of it, or leaves it out. */
  const nodeOf = (
    node: string,
    agents: readonly string[],
    change: Partial<Record<keyof NodeReport, unknown>> = {},
  ): NodeReport =>
    ({
      ...{ node, seen_ms: NOW_MS - LIVE_MS, ready: [digest], refused: {}, generation: 1 },
      ...{ trials: [], decided: [] },
      exhaustion: { digest, evaluations: 100, ran_out: 10, agents },
      ...change,
    }) as NodeReport;

  /** Returns the agents of the recorded exhaustion when `node` considers these reports; undefined without one. */
  async function consideredBy(node: string, nodes: readonly NodeReport[]): Promise<unknown> {
    const unused = (): never => expect.fail('nothing is replayed: no bundle was active before');
    const logged: string[] = [];
    const log = {
      ...SILENT_LOG,
      error: (_fields: object, message: string) => logged.push(message),
    };
    const watch = createExhaustionWatch(
      {
        ...{ store, admission: { admit: unused }, replayGate: { replay: unused } },
        ...{ samples: unused, node: { wake: unused }, pause: unused, readyTimeoutMs: 1 },
      },
      node,
      log,
    );
    const document = await store.document();
    if (document === undefined) throw new Error('no document');
    watch.consider(document, { nowMs: NOW_MS, nodes });
    if (logged.length === 0) return undefined;
    const recorded = () => store.events.find(({ type }) => type === 'policy.exhausted');
    await until('the event', () => recorded() !== undefined);
    return recorded()?.detail?.['agents'];
  }

  const FIVE = ['a', 'b', 'c', 'd', 'e'];

  it('adds the counts of live nodes', async () => {
    const nodes = [nodeOf('n1', FIVE.slice(0, 3)), nodeOf('n2', FIVE.slice(2))];
    expect(await consideredBy('n1', nodes)).to.deep.equal(FIVE);
  });

  it('does not count a node that was silent for five seconds', async () => {
    const gone = { seen_ms: NOW_MS - LIVE_MS - 1 };
    const nodes = [nodeOf('n1', FIVE.slice(0, 4)), nodeOf('n2', FIVE, gone)];
    expect(await consideredBy('n1', nodes)).to.equal(undefined);
  });

  it('does not count a node of an earlier build, which does not report what it decided', async () => {
    const nodes = [nodeOf('n1', FIVE.slice(0, 4)), nodeOf('n2', FIVE, { decided: undefined })];
    expect(await consideredBy('n1', nodes)).to.equal(undefined);
  });

  for (const [what, change] of [
    ['silent', { seen_ms: NOW_MS - LIVE_MS - 1 }],
    ['of an earlier build', { decided: undefined }],
  ] as const)
    it(`acts on the first live node, though one before it is ${what}`, async () => {
      const nodes = [nodeOf('n1', [], change), nodeOf('n2', FIVE), nodeOf('n3', FIVE)];
      expect(await consideredBy('n3', nodes)).to.equal(undefined);
      expect(await consideredBy('n2', nodes)).to.deep.equal(FIVE);
    });
});
