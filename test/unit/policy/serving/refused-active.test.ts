import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { activate } from '../../../../src/use-cases/policy/activate.js';
import { rollback } from '../../../../src/use-cases/policy/rollback.js';
import type { AdminContext } from '../../../../src/use-cases/admin/context.js';
import { createPolicyEngine, type PolicyEngine } from '../../../../src/policy/serving/engine.js';
import { readBundleArchive } from '../../../../src/policy/bundle/read.js';
import { PolicyNode } from '../../../../src/policy/serving/policy-node.js';
import { buildBundle, fixtureBundle, type BundleSource } from '../../../support/bundles/build.js';
import { memoryPolicyStore, type MemoryPolicyStore } from '../../../support/memory-policy-store.js';
import { ALLOW, rejection, requestInput } from '../engine-of.js';

const BY = { kind: 'admin', id: 'root' } as const;
const CONTEXT: AdminContext = { requestId: 'req_1', principal: BY };
/** As plain `opa build` makes it, admitted by an earlier build of the service. */
const UNSAFE: BundleSource = {
  builtins: [{ name: 'json.is_valid', arity: 1 }],
  revision: 'unsafe',
  rego: `${ALLOW}\ndecision := {"looked": true} if { json.is_valid(input.agent.id); input.agent.id == "x" }`,
};
const SAFE: BundleSource = { revision: 'safe', rego: ALLOW };
const OLD_REPORT = { ok: true, at_ms: 1, took_ms: 1, steps: [] };

async function stored(
  store: MemoryPolicyStore,
  source: BundleSource,
  sequence = 1,
): Promise<string> {
  const { digest, revision } = await fixtureBundle(source);
  const archive = readFileSync(buildBundle(source));
  const record = {
    ...{ digest, revision, sequence, opa_version: '1.22.2', entrypoints: [] },
    ...{ size_bytes: archive.length, pushed_at_ms: 1, pushed_by: BY, source: 'push' },
    report: OLD_REPORT,
  };
  await store.put(record, archive, []);
  return digest;
}

async function activeIn(store: MemoryPolicyStore, digest: string): Promise<void> {
  await store.replace(
    0,
    {
      ...{ version: 1, generation: 1, history: [], highest_sequence: 1 },
      active: { digest, revision: 'r', since_ms: 1, by: BY },
    },
    [],
  );
}

function started(store: MemoryPolicyStore): {
  readonly node: PolicyNode;
  readonly engine: PolicyEngine;
} {
  const engine = createPolicyEngine();
  const node = new PolicyNode({
    ...{ id: 'node_1', store, engine },
    open: (archive) => readBundleArchive(archive, { verification: 'off' }),
    onUnready: () => undefined,
    onDocument: () => undefined,
  });
  return { node, engine };
}

describe('an active bundle that a new build of the service refuses', function () {
  this.timeout(60_000);

  it('refused active: a node that starts keeps serving it, and reports why it is refused', async () => {
    const store = memoryPolicyStore();
    const digest = await stored(store, UNSAFE);
    await activeIn(store, digest);
    const { node, engine } = started(store);
    await node.refresh();
    expect(node.generation).to.equal(1);
    expect((await engine.decide(requestInput())).result.effect).to.equal('allow');
    expect(node.report().refused[digest]).to.match(/unsafe_builtin.*json\.is_valid/);
    expect(engine.counters().activeRefusals).to.not.deep.equal([]);
  });

  it('refused active: replaced, it cannot come back, by rollback or by its old report', async () => {
    const store = memoryPolicyStore();
    const [unsafe, safe] = [await stored(store, UNSAFE, 3), await stored(store, SAFE, 2)];
    await activeIn(store, unsafe);
    const { node } = started(store);
    const wake = async (): Promise<void> => {
      await node.refresh();
      await node.prepareNext();
      await node.beat();
    };
    await wake();
    const readmitted: number[] = [];
    const deps = {
      ...{ store, node: { wake }, pause: () => Promise.resolve(), readyTimeoutMs: 20_000 },
      admission: {
        admit: () => {
          readmitted.push(1);
          return Promise.resolve({
            ...OLD_REPORT,
            known_input: { input: requestInput(), effect: 'allow' as const },
            tested: true,
          });
        },
      },
      samples: () => Promise.resolve({ recorded: [], registry: [] }),
      replayGate: { replay: () => Promise.reject(new Error('not asked')) },
    };
    const record = async (digest: string) => {
      const found = await store.record(digest);
      if (found === undefined) throw new Error('no record');
      return found;
    };
    await activate(deps, await record(safe), { allowNewGrants: undefined }, CONTEXT);
    await wake();
    expect((await store.document())?.active.digest).to.equal(safe);
    expect(readmitted, 'a report of an earlier build is no admission').to.have.lengthOf(1);

    expect(await rejection(rollback(deps, { reason: 'back' }, CONTEXT))).to.include({
      code: 'bundle_refused',
    });
    const again = activate(deps, await record(unsafe), { allowNewGrants: undefined }, CONTEXT);
    expect(await rejection(again)).to.include({ code: 'bundle_refused' });
    expect((await store.document())?.active.digest).to.equal(safe);
  });
});
