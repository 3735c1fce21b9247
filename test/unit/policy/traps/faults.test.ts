import { expect } from 'chai';
import { CountersignError } from '../../../../src/domain/errors.js';
import { policyModule } from '../../../../src/policy/bundle/policy-module.js';
import { classifyFault, EngineFault } from '../../../../src/policy/serving/fault.js';
import { createPolicyEngine } from '../../../../src/policy/serving/engine.js';
import { fixtureBundle } from '../../../support/bundles/build.js';
import { ALLOW, engineOf, rejection, requestInput } from '../engine-of.js';
import { rawPolicy, thrownBy } from '../raw-package.js';

const CONFLICT = `
decision := {"effect": "deny", "reasons": [], "obligations": [{"id": r, "type": "t", "properties": {}}]} if {
  some r in input.agent.roles
}`;

describe('traps 3, 8, 13, 17 and 18: faults and activation', function () {
  this.timeout(60_000);

  it('trap 13: whatever is thrown gets a class', () => {
    const classes: readonly [unknown, string][] = [
      ['p.rego:3:1: var assignment conflict', 'conflict'],
      ['object insert conflict', 'conflict'],
      ['opa_malloc: failed', 'out_of_memory'],
      ['illegal utf-8', 'abort'],
      [{ message: 'not implemented: built-in function 3: http.send' }, 'missing_builtin'],
      [new WebAssembly.RuntimeError('unreachable'), 'trap'],
      [new RangeError('Maximum call stack size exceeded'), 'trap'],
      [new RangeError('WebAssembly.Memory(): could not allocate memory'), 'out_of_memory'],
      [new TypeError('x is not a function'), 'unknown'],
      [undefined, 'abort'],
      [{}, 'abort'],
    ];
    for (const [thrown, expected] of classes) {
      expect(classifyFault(thrown)).to.be.instanceOf(EngineFault).with.property('fault', expected);
    }
  });

  it('trap 13: a fault is 503 outside, its class inside, and nothing of it in the answer', async () => {
    const engine = await engineOf({ rego: CONFLICT });
    const error = await rejection(engine.decide(requestInput({ agent: { roles: ['a', 'b'] } })));
    if (!(error instanceof CountersignError)) throw error;
    expect(error).to.include({ code: 'temporarily_unavailable', detail: 'Nothing was granted.' });
    expect(error.internal).to.match(/conflict/);
  });

  it('control: the package alone throws a text, not an error', async () => {
    const policy = await rawPolicy({ rego: CONFLICT });
    const thrown = thrownBy(() => policy.evaluate({ agent: { roles: ['a', 'b'] } }));
    expect(thrown).to.be.a('string');
  });

  it('trap 3: a bundle that fails while it is made leaves the old one as it was', async () => {
    const engine = await engineOf({ rego: ALLOW, revision: 'good' });
    const good = await fixtureBundle({ rego: ALLOW, revision: 'next' });
    const broken = [
      { ...good, data: Buffer.from('{"cut') },
      { ...good, modules: new Map() },
      {
        ...good,
        modules: new Map([['countersign/decision', policyModule(Buffer.from('not wasm'))]]),
      },
      await fixtureBundle({ rego: CONFLICT.replace('input.agent.roles', '["a", "b"]') }),
      await fixtureBundle({ rego: 'decision := {"effect": "permit"}' }),
      await fixtureBundle({ rego: 'decision := 1 if input.nothing' }),
    ];
    for (const bundle of broken) {
      expect(await rejection(engine.activate(bundle))).to.include({ name: 'BundleRefused' });
      const { result, revision } = await engine.decide(requestInput());
      expect([result.effect, revision]).to.deep.equal(['allow', 'good']);
    }
    await engine.activate(good);
    expect((await engine.decide(requestInput())).revision).to.equal('next');
    expect(engine.counters().activations).to.equal(2);
  });

  it('control: the package alone continues without data after a failed setData', async () => {
    const policy = await rawPolicy({
      rego: 'default decision := "allow"\n\ndecision := "deny" if data.blocked',
    });
    policy.setData({ blocked: true });
    thrownBy(() => {
      policy.setData(new Uint8Array(Buffer.from(`[${'"overwritten",'.repeat(500)}`)).buffer);
    });
    const after = thrownBy(() => policy.evaluate({})) ?? policy.evaluate({});
    expect(after).to.not.deep.equal([{ result: 'deny' }]);
  });

  it('without a bundle everything is refused', async () => {
    const error = await rejection(createPolicyEngine().decide(requestInput()));
    expect(error).to.include({ code: 'temporarily_unavailable' });
    expect(error.message).to.contain('no_bundle');
  });

  it('trap 8: slow live evaluations open the breaker until a bundle is activated', async () => {
    let nowMs = 0;
    let stepMs = 10;
    const monotonicMs = (): number => (nowMs += stepMs);
    const breaker = { maxMs: 20, tripAfter: 3, coolDownMs: 60_000 };
    const engine = await engineOf({ rego: ALLOW }, { monotonicMs, breaker });
    for (let i = 0; i < 10; i++) await engine.decide(requestInput());
    stepMs = 21;
    for (let i = 0; i < 3; i++) await engine.decide(requestInput());
    expect((await rejection(engine.decide(requestInput()))).message).to.contain('breaker');
    stepMs = 1;
    expect((await rejection(engine.decide(requestInput()))).message).to.contain('breaker');
    expect(engine.counters()).to.include({ breakerOpen: true, evaluations: 13 });
    await engine.activate(await fixtureBundle({ rego: ALLOW }));
    expect((await engine.decide(requestInput())).result.effect).to.equal('allow');
  });

  it('trap 8: the breaker lets one through after a while, and closes again when that one is fast', async () => {
    let nowMs = 0;
    let stepMs = 21;
    const monotonicMs = (): number => (nowMs += stepMs);
    const breaker = { maxMs: 20, tripAfter: 3, coolDownMs: 1000 };
    const engine = await engineOf({ rego: ALLOW }, { monotonicMs, breaker });
    for (let i = 0; i < 3; i++) await engine.decide(requestInput());
    nowMs += 1000;
    await engine.decide(requestInput());
    expect((await rejection(engine.decide(requestInput()))).message, 'slow again').to.contain(
      'breaker',
    );
    nowMs += 1000;
    stepMs = 1;
    for (let i = 0; i < 3; i++) await engine.decide(requestInput());
    expect(engine.counters().breakerOpen).to.equal(false);
  });

  it('trap 8: slow evaluations between fast ones do not open the breaker', async () => {
    let nowMs = 0;
    let stepMs = 1;
    const breaker = { maxMs: 20, tripAfter: 3, coolDownMs: 60_000 };
    const engine = await engineOf(
      { rego: ALLOW },
      { monotonicMs: () => (nowMs += stepMs), breaker },
    );
    for (let i = 0; i < 30; i++) {
      stepMs = i % 3 === 0 ? 1 : 50;
      await engine.decide(requestInput());
    }
    expect(engine.counters().breakerOpen).to.equal(false);
  });

  it('trap 17: a bundle is warm before it serves', async () => {
    let calls = 0;
    const source = {
      rego: ALLOW.replace('input.agent.id !=', 'test.count(input.agent.id) !='),
      builtins: [{ name: 'test.count', arity: 1 }],
    };
    const count = { arity: 1, call: (id: unknown): unknown => ((calls += 1), id) };
    const engine = await engineOf(source, {}, { 'test.count': count });
    expect(calls).to.be.at.least(10);
    expect(engine.counters().evaluations, 'the probe is no live evaluation').to.equal(0);
  });

  for (const version of ['1.19.9', '0.70.0', '1.20.0-rc.1', '1.20', 'v1.22.0', '', 12]) {
    it(`trap 18: a bundle compiled by OPA ${JSON.stringify(version)} is refused`, async () => {
      const metadata = { 'countersign.opa_version': version };
      const error = await rejection(fixtureBundle({ rego: ALLOW, metadata }));
      expect(error).to.include({ code: 'compiler_too_old' });
    });
  }

  it('trap 18: a bundle that does not say what compiled it is refused', async () => {
    const error = await rejection(fixtureBundle({ rego: ALLOW, metadata: { other: 1 } }));
    expect(error).to.include({ code: 'compiler_too_old' });
  });

  it('trap 18: 1.20.0 and newer are taken', async () => {
    for (const version of ['1.20.0', '1.22.2', '2.0.0', '1.21.0-rc.1']) {
      const metadata = { 'countersign.opa_version': version };
      expect((await fixtureBundle({ rego: ALLOW, metadata })).opaVersion).to.equal(version);
    }
  });
});
