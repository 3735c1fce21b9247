import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analysisOf } from '../support/analysis-of.js';
import { createReplayGate } from '../../src/app/policy/gates.js';
import { openAuditReader } from '../../src/audit/reader.js';
import { openAuditStore } from '../../src/audit/store.js';
import type { AuditEvent } from '../../src/domain/audit.js';
import { CountersignError } from '../../src/domain/errors.js';
import type { PolicyInput } from '../../src/domain/policy.js';
import type { AdmissionReport, BundleRecord } from '../../src/domain/policy-lifecycle.js';
import { createJudge, type Judge } from '../../src/policy/analysis/replay/judge.js';
import { NEUTRAL_INPUT } from '../../src/policy/serving/neutral-input.js';
import { activate } from '../../src/use-cases/policy/activate.js';
import { startTrial } from '../../src/use-cases/policy/trial.js';
import { fixtureBundle } from '../support/bundles/build.js';
import { memoryPolicyStore, type MemoryPolicyStore } from '../support/memory-policy-store.js';
import { activateBundle, putBundle } from '../support/stored-bundles.js';
import { grants } from '../unit/policy/analysis/replay/recorded.js';
import { entry, event } from '../unit/audit/fakes.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'ann' } } as const;
const READS_ONLY = grants('not "write" in input.request.scopes');
const GRANTS_ALL = grants('count(input.request.scopes) > 0');
/** Denies a text with a credential; the record holds the text without it. */
const DENIES_CREDENTIALS = grants(
  'not regex.match(`Bearer [a-z]+`, object.get(input.request.declared, "reason", ""))',
);
const LETTERS = 'abcdefghijklmnopqrst';
/** What an attacker's one agent makes of the newest decisions. */
const FLOOD = 5300;

function asking(agent: string, scope: string): PolicyInput {
  return {
    ...NEUTRAL_INPUT,
    request: { ...NEUTRAL_INPUT.request, resource: 'r', scopes: [scope] },
    agent: { ...NEUTRAL_INPUT.agent, id: agent },
    resource: { ...NEUTRAL_INPUT.resource, id: 'r' },
  };
}

/** The event of a decision, with its input. */
async function decided(
  judge: Judge,
  agent: string,
  scope: string,
  declared: PolicyInput['request']['declared'] = {},
): Promise<AuditEvent> {
  const asked = asking(agent, scope);
  const input = { ...asked, request: { ...asked.request, declared } };
  const { decision, inputDigest } = await judge.judge(input);
  const granted = decision?.scopes ?? [];
  return event({
    type: granted.length > 0 ? 'access.granted' : 'access.denied',
    agent_id: agent,
    resource: 'r',
    decision_id: `dec_${agent}_${scope}`,
    effect: decision?.effect ?? 'deny',
    scopes_requested: [scope],
    ...(granted.length > 0 ? { scopes_granted: granted, ttl_seconds_granted: 60 } : {}),
    rules: decision?.reasons.map(({ rule }) => rule) ?? [],
    policy_revision: judge.revision,
    ...(inputDigest === undefined ? {} : { input_digest: inputDigest }),
    policy_input: input,
  });
}

describe('a gate cannot be blinded', function () {
  this.timeout(120_000);
  let folder: string;
  let store: MemoryPolicyStore;
  let widening: BundleRecord;
  let judge: Judge;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cs-gate-'));
    store = memoryPolicyStore(() => Date.now());
    const active = await fixtureBundle({ rego: READS_ONLY, revision: 'reads' });
    judge = await createJudge(active);
    await activateBundle(store, await putBundle(store, active));
    widening = await putBundle(store, await fixtureBundle({ rego: GRANTS_ALL, revision: 'all' }));
    await beat();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** The node of the test is alive, and has the bundle ready. */
  async function beat(): Promise<void> {
    const { digest } = widening;
    await store.beat({ node: 'one', ready: [digest], refused: {}, generation: 1, trials: [] });
  }

  /** Writes events ten milliseconds apart, the last of them now. */
  function recorded(events: readonly AuditEvent[]): void {
    const audit = openAuditStore(join(folder, 'audit.db'));
    const startMs = Date.now() - events.length * 10;
    const entries = events.map((one, i) => entry(i + 1, [one], { tickMs: startMs + i * 10 }));
    const last = entries.at(-1)?.streamId ?? '';
    audit.appendBatch(0, undefined, entries, { epoch: 'e1', streamId: last });
    audit.close();
  }

  /** Sixty requests of honest agents; a tenth of them asked to write and were denied. */
  async function honest(): Promise<AuditEvent[]> {
    const asked = Array.from({ length: 60 }, (_, i) =>
      decided(judge, `agent-${String(i % 20)}`, i % 10 === 0 ? 'write' : 'read'),
    );
    return Promise.all(asked);
  }

  function deps(): Parameters<typeof activate>[0] & Parameters<typeof startTrial>[0] {
    const storePath = join(folder, 'audit.db');
    const auditReader = openAuditReader(storePath);
    const analysis = analysisOf(storePath, { auditReader, store, maskKeys: [] });
    return {
      store,
      admission: { admit: () => Promise.resolve(ADMITTED) },
      samples: () => Promise.resolve({ recorded: [], registry: [] }),
      replayGate: createReplayGate(analysis.gate, () => Promise.resolve(undefined)),
      node: { wake: beat },
      pause: () => Promise.resolve(),
      readyTimeoutMs: 1000,
      drawSalt: () => 'drawn',
    };
  }

  const activated = (more: object = {}): Promise<unknown> =>
    activate(deps(), widening, { allowNewGrants: 0, ...more }, CONTEXT);
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.then(
      () => 'it passed',
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(CountersignError).with.property('code', 'bundle_refused');
    return JSON.stringify((error as CountersignError).fields.problems);
  };

  it('by a flood of rate-limited requests of one agent', async () => {
    const limited = Array.from({ length: FLOOD }, () =>
      event({ type: 'access.rate_limited', agent_id: 'flood', resource: 'r' }),
    );
    recorded([...(await honest()), ...limited]);
    expect(await refusal(activated())).to.contain('would turn from deny to allow');
  });

  it('by a flood of granted requests of one agent', async () => {
    const one = await decided(judge, 'flood', 'read');
    const flood = Array.from({ length: FLOOD }, () => one);
    recorded([...(await honest()), ...flood]);
    expect(await refusal(activated())).to.contain('would turn from deny to allow');
  });

  it('by a canary in place of an activation', async () => {
    recorded(await honest());
    const order = { role: 'canary', percent: 99, allowNewGrants: 0 } as const;
    const why = await refusal(startTrial(deps(), widening, order, CONTEXT));
    expect(why).to.contain('would turn from deny to allow');
    expect(await store.document()).not.to.have.property('canary');
  });

  it('by a flood of inputs that are not stored: the coverage is too low', async () => {
    const { policy_input: _, ...one } = await decided(judge, 'flood', 'read');
    const letters = (i: number): string =>
      String(i)
        .split('')
        .map((n) => 'abcdefghij'[Number(n)])
        .join('');
    const flood = Array.from({ length: 20 }, (_none, i) => ({
      ...one,
      scopes_requested: [letters(i)],
      not_replayable: 'input_too_large',
    }));
    const reads = (await honest()).filter(({ effect }) => effect === 'allow');
    recorded([...reads, ...flood]);
    const why = await refusal(activated());
    expect(why).to.contain('of the strata').and.to.contain('flood (20 of 20)');
    await activated({ minCoverage: 0.4 });
    const [, done] = store.events.slice(-2);
    expect(done?.detail?.['replay']).to.deep.include({
      ...{ verdict: 'replayed', new_grants: 0, min_coverage: 0.4 },
    });
  });

  /** Twenty distinct requests of one agent that would be decided equally by both bundles. */
  const written = (
    declared: PolicyInput['request']['declared'],
    by: Judge = judge,
  ): Promise<AuditEvent[]> =>
    Promise.all(
      Array.from({ length: 20 }, (_, i) => decided(by, 'flood', `read:${LETTERS[i]}`, declared)),
    );
  const replaySummary = async (): Promise<object | undefined> =>
    (await store.record(widening.digest))?.replay;

  for (const [name, declared] of [
    ['that an agent marks as redacted', { session_id: '[redacted]' }],
    ['with credentials, which the record removes', { reason: 'uses Bearer abcdefghijklmnop' }],
  ] as const) {
    it(`by inputs ${name}: they are replayed`, async () => {
      const reads = (await honest()).filter(({ effect }) => effect === 'allow');
      recorded([...reads, ...(await written(declared))]);
      await activated();
      expect(await replaySummary()).to.deep.include({ replayed: reads.length + 20 });
    });
  }

  it('by credentials that the active policy denies and the candidate grants', async () => {
    const denies = await fixtureBundle({ rego: DENIES_CREDENTIALS, revision: 'denies' });
    await activateBundle(store, await putBundle(store, denies));
    await beat();
    const reads = (await honest()).filter(({ effect }) => effect === 'allow');
    const denied = await written({ reason: 'Bearer abcdefghijklmnop' }, await createJudge(denies));
    expect(denied.map(({ effect }) => effect))
      .to.include('deny')
      .and.not.include('allow');
    recorded([...reads, ...denied]);
    expect(await refusal(activated())).to.contain('would turn from deny to allow');
  });

  it('by the length of a credential that the active policy denies and the candidate grants', async () => {
    const short = 'count(object.get(input.request.declared, "reason", "")) < 20';
    const active = await fixtureBundle({ rego: grants(short), revision: 'short' });
    await activateBundle(store, await putBundle(store, active));
    await beat();
    const reads = (await honest()).filter(({ effect }) => effect === 'allow');
    const by = await createJudge(active);
    const long = await decided(by, 'flood', 'read:a', { reason: 'Bearer abcdefghijklmnop' });
    expect(long.effect).to.equal('deny');
    recorded([...reads, long]);
    expect(await refusal(activated())).to.contain('would turn from deny to allow');
  });

  it('by inputs of which no stand-in repeats the decision: they are not covered', async () => {
    const only = 'input.request.declared.reason == "Bearer abcdefghijklmnop"';
    const active = await fixtureBundle({ rego: grants(only), revision: 'only' });
    const reads = (await honest()).filter(({ effect }) => effect === 'allow');
    const by = await createJudge(active);
    await activateBundle(store, await putBundle(store, active));
    await beat();
    recorded([...reads, ...(await written({ reason: 'Bearer abcdefghijklmnop' }, by))]);
    expect(await refusal(activated()))
      .to.contain('of the strata')
      .and.to.contain('flood (20 of 20)');
  });

  it('by a credential beside a scope that is denied without it', async () => {
    const reads = (await honest()).filter(({ effect }) => effect === 'allow');
    const hidden = await decided(judge, 'flood', 'write', { reason: 'Bearer abcdefghijklmnop' });
    recorded([...reads, hidden]);
    expect(await refusal(activated())).to.contain('would turn from deny to allow');
  });

  it('passes with too few decisions, and says that there was nothing to replay', async () => {
    recorded((await honest()).filter(({ effect }) => effect === 'allow').slice(0, 10));
    await activated();
    const done = store.events.at(-1);
    expect(done?.type).to.equal('policy.activated');
    expect(done?.detail?.['replay']).to.deep.include({ verdict: 'nothing_to_replay' });
    expect(done?.detail?.['fuel'], 'meter and budget').to.deep.equal(ADMITTED.fuel);
    expect((await store.record(widening.digest))?.replay?.sample?.verdict).to.equal(
      'nothing_to_replay',
    );
  });

  it('refuses a new grant that it sees, however few the decisions', async () => {
    recorded((await honest()).slice(0, 10));
    expect(await refusal(activated())).to.contain('would turn from deny to allow');
  });

  it('draws a salt for a canary, which another share keeps', async () => {
    recorded((await honest()).filter(({ effect }) => effect === 'allow'));
    const order = { role: 'canary', allowNewGrants: 0 } as const;
    await startTrial(deps(), widening, { ...order, percent: 5 }, CONTEXT);
    expect((await store.document())?.canary).to.include({ percent: 5, salt: 'drawn' });
    const other = { ...deps(), drawSalt: () => 'drawn again' };
    await startTrial(other, widening, { ...order, percent: 50 }, CONTEXT);
    expect((await store.document())?.canary).to.include({ percent: 50, salt: 'drawn' });
    expect(JSON.stringify(store.events)).not.to.contain('drawn');
    expect(store.events.at(-1)?.detail?.['fuel'], 'meter and budget').to.deep.equal(ADMITTED.fuel);
  });
});

const ADMITTED: AdmissionReport = {
  ...{ ok: true, tested: true, at_ms: 1, took_ms: 1, steps: [] },
  known_input: { input: NEUTRAL_INPUT, effect: 'deny' },
  fuel: { meter: 1, budget: 10_000_000, highest: 5 },
};
