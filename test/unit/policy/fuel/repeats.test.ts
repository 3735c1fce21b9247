import { expect } from 'chai';
import type { PolicyInput } from '../../../../src/domain/policy.js';
import type { PolicyEngine } from '../../../../src/policy/serving/engine.js';
import { ExhaustedRequests } from '../../../../src/policy/serving/exhausted-requests.js';
import { fixtureBundle } from '../../../support/bundles/build.js';
import { ENDLESS } from '../../../support/bundles/endless.js';
import { engineOf, rejection, requestInput } from '../engine-of.js';

const MINUTE_MS = 60_000;
const asked = (id: string, scopes: readonly string[] = ['endless']): PolicyInput => {
  const input = requestInput({ agent: { id, authentication: 'sidecar' } });
  return { ...input, request: { ...input.request, scopes } };
};

describe('trap 19: a request that used up its fuel', function () {
  this.timeout(60_000);
  let nowMs: number;
  let engine: PolicyEngine;
  beforeEach(async () => {
    nowMs = 1_000_000;
    engine = await engineOf(ENDLESS, { monotonicMs: () => nowMs });
  });

  /** The fault of a decision, and the number of evaluations that it took. */
  const fault = async (input: PolicyInput): Promise<readonly [string, number]> => {
    const before = engine.counters().evaluations;
    const { message } = await rejection(engine.decide(input));
    const name = /policy engine: (\w+):/.exec(message)?.[1] ?? message;
    return [name, engine.counters().evaluations - before];
  };

  it('trap 19: is not evaluated again for a minute, with an equal answer', async () => {
    expect(await fault(asked('a'))).to.deep.equal(['budget', 1]);
    expect(await fault(asked('a'))).to.deep.equal(['budget_repeat', 0]);
    const error = await rejection(engine.decide(asked('a')));
    expect(error).to.deep.include({
      code: 'policy_budget_exceeded',
      detail: 'Nothing was granted.',
    });
    nowMs += MINUTE_MS - 1;
    expect(await fault(asked('a'))).to.deep.equal(['budget_repeat', 0]);
    nowMs += 1;
    expect(await fault(asked('a'))).to.deep.equal(['budget', 1]);
    expect(engine.counters().faults).to.include({ budget: 2, budget_repeat: 3 });
  });

  it('is known whatever else the input says of the agent and the time', async () => {
    await fault(asked('a'));
    const later = { ...asked('a'), now: { unix_ms: 5 } };
    expect(await fault(later)).to.deep.equal(['budget_repeat', 0]);
  });

  it('of a question by another caller is none of the agent, and counts for no rollback', async () => {
    const { agent, ...rest } = asked('a');
    const about = { ...rest, agent: { ...agent, authentication: 'none' } };
    expect(await fault(about)).to.deep.equal(['budget', 1]);
    expect(await fault(about)).to.deep.equal(['budget_repeat', 0]);
    expect(engine.exhaustion()).to.equal(undefined);
    expect(await fault(asked('a'))).to.deep.equal(['budget', 1]);
    expect(engine.exhaustion()).to.deep.include({ ran_out: 1, agents: ['a'] });
  });

  it('is of one agent, one request and one bundle: others are evaluated', async () => {
    await fault(asked('a'));
    expect(await fault(asked('b')), 'another agent').to.deep.equal(['budget', 1]);
    expect(await fault(asked('a', ['endless', 'x'])), 'request').to.deep.equal(['budget', 1]);
    expect((await engine.decide(asked('a', ['read']))).result.effect).to.equal('allow');
    await engine.activate(await fixtureBundle({ ...ENDLESS, revision: 'other' }));
    expect(await fault(asked('a')), 'another bundle').to.deep.equal(['budget', 1]);
  });

  it('costs a shadow one evaluation as well', async () => {
    const jobs: (() => void)[] = [];
    engine = await engineOf({ rego: ALLOWS }, { runLater: (job) => jobs.push(job) });
    const shadow = await fixtureBundle(ENDLESS);
    await engine.prepare(shadow);
    const active = engine.ready().find((digest) => digest !== shadow.digest) ?? '';
    engine.assign({ active, shadow: { digest: shadow.digest, since_ms: 1 } });
    for (let i = 0; i < 3; i++) await engine.decide(asked('a'));
    const before = engine.counters().evaluations;
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) job();
    expect(engine.counters().evaluations - before).to.equal(1);
    expect(engine.trials()).to.have.nested.property('[0].errors', 3);
  });

  it('is remembered among ten thousand others, and no more', () => {
    const requests = new ExhaustedRequests();
    for (let n = 0; n <= 10_000; n++) requests.add(asked(`agent-${String(n)}`), 'd', n / 1000);
    expect(requests.has(asked('agent-0'), 'd', 20), 'the oldest').to.equal(false);
    expect(requests.has(asked('agent-1'), 'd', 20)).to.equal(true);
    expect(requests.has(asked('agent-10000'), 'd', 20)).to.equal(true);
  });
});

const ALLOWS = `decision := {
	"effect": "allow", "grant": {"scopes": input.request.scopes, "ttl_seconds": 60},
	"reasons": [], "obligations": [],
}`;
