import { expect } from 'chai';
import { requireSafe, unsafeProblems } from '../../../../src/policy/bundle/unsafe.js';
import { createPolicyEngine } from '../../../../src/policy/serving/engine.js';
import { EngineFault } from '../../../../src/policy/serving/fault.js';
import { readResultSet } from '../../../../src/policy/wasm/result-text.js';
import { fixtureBundle } from '../../../support/bundles/build.js';
import {
  disguised,
  JSON_IS_VALID,
  stripped,
  VULNERABLE,
} from '../../../support/bundles/unsafe-bundles.js';
import { ALLOW, engineOf, rejection, requestInput } from '../engine-of.js';
import { instanceOf } from '../instance-of.js';
import { rawPolicy } from '../raw-package.js';

const POISON = requestInput({ request: { declared: { reason: 'true' } } });

describe('trap 20: json.is_valid frees static memory', function () {
  this.timeout(60_000);

  it('control: the package alone decides nothing any more after json.is_valid("true")', async () => {
    const source = {
      builtins: [JSON_IS_VALID],
      rego: `default decision := "denied"\n\ndecision := [x, sprintf("%d", [2])] if x := json.is_valid(input.v)`,
    };
    const policy = await rawPolicy(source, { sprintf: () => '2' });
    expect(policy.evaluate({ v: '{}' })).to.deep.equal([{ result: [true, '2'] }]);
    let poisoned: unknown;
    try {
      poisoned = policy.evaluate({ v: 'true' });
    } catch (error) {
      poisoned = error;
    }
    expect(poisoned).to.not.deep.equal([{ result: [true, '2'] }]);
  });

  it('json.is_valid is found by the name of its function, and in a stripped module by its code', async () => {
    const bundle = await fixtureBundle(VULNERABLE);
    for (const one of [bundle, stripped(bundle)]) {
      const [problem = ''] = await unsafeProblems(one);
      expect(problem).to.contain('json.is_valid').and.contain('json.unmarshal');
      expect(await rejection(requireSafe(one))).to.include({ code: 'unsafe_builtin' });
      expect(await rejection(createPolicyEngine().prepare(one))).to.include({
        code: 'unsafe_builtin',
      });
    }
  });

  it('json.unmarshal, which takes its place, is not taken for it and tells what is JSON', async () => {
    const source = {
      rego: `default decision := false\n\ndecision if _ := json.unmarshal(input.v)`,
    };
    expect(await unsafeProblems(await fixtureBundle(source))).to.deep.equal([]);
    expect(await unsafeProblems(stripped(await fixtureBundle(source)))).to.deep.equal([]);
    const instance = await instanceOf(source);
    const valid = ['true', 'false', 'null', '1', '"x"', '{}', '[]'];
    const invalid = ['', 'tru', '{', '[1,', 'x'];
    for (const v of [...valid, ...invalid, ...valid, ...invalid]) {
      const text = instance.evaluate(Buffer.from(JSON.stringify({ v })));
      expect(text, v).to.equal(`[{"result":${String(valid.includes(v))}}]`);
    }
    expect(instance.replacements).to.equal(0);
  });

  it('an empty result is a fault that rebuilds with fresh memory and counts; the next agent is answered', async () => {
    const engine = createPolicyEngine();
    await engine.activate(disguised(await fixtureBundle(VULNERABLE)));
    const before = await engine.decide(requestInput());
    for (let i = 1; i <= 5; i++) {
      const error = await rejection(engine.decide(POISON));
      expect(error).to.include({ code: 'temporarily_unavailable' });
      expect(engine.counters().instanceRebuilds).to.equal(i);
      expect((await engine.decide(requestInput())).result).to.deep.equal(before.result);
      const denied = await engine.decide(requestInput({ agent: { id: 'blocked' } }));
      expect(denied.result.effect).to.equal('deny');
    }
    const { faults, knownAnswerMisses } = engine.counters();
    expect(faults.result_unreadable).to.equal(5);
    expect(knownAnswerMisses, 'fresh memory gives the known answer').to.equal(0);
  });

  it('rebuilds that are cheap open no breaker: one agent cannot stop the others', async () => {
    const breaker = { maxMs: 60_000, tripAfter: 3, coolDownMs: 60_000 };
    const engine = createPolicyEngine({ breaker });
    await engine.activate(disguised(await fixtureBundle(VULNERABLE)));
    for (let i = 0; i < 10; i++) await rejection(engine.decide(POISON));
    expect(engine.counters()).to.include({ instanceRebuilds: 10, breakerOpen: false });
  });

  it('slow rebuilds in a row open the breaker: a storm of them is bounded', async () => {
    // Each takes longer than this.
    const breaker = { maxMs: 0, tripAfter: 3, coolDownMs: 60_000 };
    const engine = createPolicyEngine({ breaker });
    await engine.activate(disguised(await fixtureBundle(VULNERABLE)));
    for (let i = 0; i < 10; i++) await rejection(engine.decide(POISON));
    expect(engine.counters()).to.include({ instanceRebuilds: 3, breakerOpen: true });
  });

  it('undefined is a denial and rebuilds nothing', async () => {
    const engine = await engineOf({
      rego: `decision := {"effect": "deny", "reasons": [], "obligations": []} if input.agent.id != "real"`,
    });
    const { result } = await engine.decide(requestInput({ agent: { id: 'real' } }));
    expect(result.effect).to.equal('deny');
    expect(engine.counters()).to.include({ instanceReplacements: 0, instanceRebuilds: 0 });
  });

  const unreadable: Readonly<Record<string, string | Buffer>> = {
    'an empty text': '',
    'a text that is not JSON': '[{"result":tr',
    'more than one result': '[{"result":1},{"result":2}]',
    'no set': '{"result":1}',
    'a set of something else': '[1]',
    'a result without a value': '[{}]',
    'bytes that are not UTF-8': Buffer.from([0x5b, 0xff, 0x5d]),
  };
  for (const [what, text] of Object.entries(unreadable)) {
    it(`result text: ${what} is a fault`, () => {
      expect(() => readResultSet(memoryWith(text), 8, 1000))
        .to.throw(EngineFault)
        .with.property('fault', 'result_unreadable');
    });
  }

  it('result text: one result, none, and one that is too large are no faults', () => {
    expect(readResultSet(memoryWith('[]'), 8, 1000)).to.equal('[]');
    expect(readResultSet(memoryWith('[{"result":null}]'), 8, 1000)).to.equal('[{"result":null}]');
    expect(readResultSet(memoryWith('[{"result":null}]'), 8, 5)).to.equal(undefined);
  });

  it('an active bundle that is refused now serves when it is asked for, and reports it', async () => {
    const engine = createPolicyEngine();
    const bundle = await fixtureBundle(VULNERABLE);
    await engine.prepare(bundle, { evenIfRefused: true });
    engine.assign({ active: bundle.digest });
    expect((await engine.decide(requestInput())).result.effect).to.equal('allow');
    expect([...engine.refusals().keys()]).to.deep.equal([bundle.digest]);
    expect(engine.counters().activeRefusals.join()).to.contain('json.is_valid');
    await engine.activate(await fixtureBundle({ rego: ALLOW }));
    expect(engine.counters().activeRefusals).to.deep.equal([]);
  });
});

function memoryWith(text: string | Buffer): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Uint8Array(memory.buffer).set(Buffer.concat([Buffer.from(text), Buffer.from([0])]), 8);
  return memory;
}
