import { expect } from 'chai';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { AdmissionReport, BundleRecord } from '../../../../src/domain/policy-lifecycle.js';
import { NEUTRAL_INPUT } from '../../../../src/policy/serving/neutral-input.js';
import { admit, requireAdmitted, type AdmitDeps } from '../../../../src/use-cases/policy/admit.js';
import { installFromSource } from '../../../../src/use-cases/policy/install-from-source.js';
import { memoryPolicyStore, type MemoryPolicyStore } from '../../../support/memory-policy-store.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'ann' } } as const;
const PUSHED: BundleRecord = {
  ...{ digest: 'sha256:new', revision: 'new', sequence: 0, opa_version: '1.22.2' },
  ...{ entrypoints: [], size_bytes: 1, pushed_at_ms: 1, source: 'push' },
  pushed_by: CONTEXT.principal,
};
const INPUTS = {
  ...{ cases: 0, recorded: 0, registry: 0, constants: 9, generated: 400, granted: 0 },
  untested: [],
};

/** The report of a bundle of which nothing is granted. */
function reportOf(allowed: boolean): AdmissionReport {
  const text = 'no input is granted';
  return {
    ...{ ok: allowed, tested: false, at_ms: 1, took_ms: 1, inputs: INPUTS },
    known_input: { input: NEUTRAL_INPUT, effect: 'deny' },
    steps: [
      {
        ...{ name: 'properties', ok: allowed, detail: 'UNTESTED', took_ms: 1 },
        ...(allowed
          ? { warnings: [`accepted untested: ${text}`] }
          : { problems: [`untested: ${text}`] }),
      },
    ],
  };
}

describe('an untested bundle', () => {
  let store: MemoryPolicyStore;
  let deps: AdmitDeps;
  const stored = async (): Promise<BundleRecord> => (await store.record(PUSHED.digest)) ?? PUSHED;
  const refused = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.then(
      () => 'it passed',
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(CountersignError).with.property('code', 'bundle_refused');
    return JSON.stringify((error as CountersignError).fields.problems);
  };

  beforeEach(async () => {
    store = memoryPolicyStore();
    await store.put(PUSHED, new Uint8Array(1), []);
    deps = {
      store,
      admission: { admit: (_, { allowUntested }) => Promise.resolve(reportOf(allowUntested)) },
      samples: () => Promise.resolve({ recorded: [], registry: [] }),
    };
  });

  it('gets no role without the flag, and the role to decide only with a second one', async () => {
    const decides = { decides: true };
    expect(await refused(requireAdmitted(deps, PUSHED, decides, CONTEXT))).to.contain('untested');
    await admit(deps, PUSHED, { allowUntested: true }, CONTEXT);
    await requireAdmitted(deps, await stored(), { decides: false }, CONTEXT);
    expect(await refused(requireAdmitted(deps, await stored(), decides, CONTEXT))).to.contain(
      'accepted untested: no input is granted',
    );
    const wish = { decides: true, allowUntested: true };
    const admitted = await requireAdmitted(deps, await stored(), wish, CONTEXT);
    expect(admitted.report).to.include({ ok: true, tested: false });
  });

  it('that was refused is admitted when the flag is given later', async () => {
    await admit(deps, PUSHED, {}, CONTEXT);
    expect((await stored()).report?.ok).to.equal(false);
    const wish = { decides: true, allowUntested: true };
    expect((await requireAdmitted(deps, await stored(), wish, CONTEXT)).report.ok).to.equal(true);
  });

  for (const allowUntestedSources of [false, true]) {
    it(`of a source is ${allowUntestedSources ? 'taken with a setting' : 'refused'}`, async () => {
      const { digest, pushed_at_ms: _, pushed_by: __, source: ___, ...rest } = PUSHED;
      const description = { ...rest, digest: `${digest}er` };
      const source = {
        ...deps,
        ...{ allowUntestedSources, readyTimeoutMs: 1, pause: () => Promise.resolve() },
        describe: () => Promise.resolve(description),
        generationSeen: () => 0,
        node: { wake: () => Promise.resolve() },
        replayGate: { replay: () => Promise.reject(new Error('not asked')) },
      };
      const offered = { archive: new Uint8Array(1), source: 's', occasion: 'start' } as const;
      const taken = installFromSource(source, offered, CONTEXT);
      if (!allowUntestedSources) {
        expect(await refused(taken)).to.contain('untested: no input is granted');
        expect(await store.document()).to.equal(undefined);
        return;
      }
      await taken;
      expect((await store.document())?.active.digest).to.equal(description.digest);
      expect(store.events.at(-1)?.detail).to.deep.include({ tested: false, granted: 0 });
    });
  }

  it('is named untested by the event of its admission', async () => {
    await admit(deps, PUSHED, { allowUntested: true }, CONTEXT);
    expect(store.events.at(-1)?.type).to.equal('policy.admitted');
    expect(store.events.at(-1)?.detail).to.deep.include({ tested: false, granted: 0 });
  });

  it('is every bundle of an earlier build, which is admitted again', async () => {
    const { tested: _, ...earlier } = { ...reportOf(true), inputs: INPUTS };
    const again = requireAdmitted(deps, { ...PUSHED, report: earlier }, { decides: true }, CONTEXT);
    expect(await refused(again)).to.contain('untested: no input is granted');
  });
});
