import { expect } from 'chai';
import { EngineFault } from '../../../../src/policy/serving/fault.js';
import type { BundleSource } from '../../../support/bundles/build.js';
import { engineOf, rejection, requestInput } from '../engine-of.js';
import { instanceOf } from '../instance-of.js';
import { rawPolicy, thrownBy } from '../raw-package.js';

const GOOD = Buffer.from('{"user":"ann","a":[1]}');
const SURROGATE = Buffer.from('{"user":"\\ud800"}');
const CONFLICT = Buffer.from('{"user":"ann","a":[1,2]}');

const source: BundleSource = { rego: 'decision := v if some v in input.a' };
const throwing: BundleSource = {
  rego: 'decision := test.boom(input.a)',
  builtins: [{ name: 'test.boom', arity: 1 }],
};
const boom = {
  arity: 1,
  call: (operand: unknown): unknown => {
    if (Array.isArray(operand) && operand.length === 1) return operand;
    throw new Error('boom');
  },
};

describe('trap 1: any throw leaks the shadow stack', function () {
  this.timeout(60_000);

  it('trap 1: 2,000 lone surrogates do not poison the engine', async () => {
    const instance = await instanceOf(source);
    for (let i = 0; i < 2000; i++) {
      expect(() => instance.evaluate(SURROGATE)).to.throw(EngineFault);
    }
    expect(instance.evaluate(GOOD)).to.equal('[{"result":1}]');
    expect(instance.replacements).to.equal(2000);
  });

  it('trap 1: 600 rule conflicts do not poison the engine', async () => {
    const instance = await instanceOf(source);
    for (let i = 0; i < 600; i++) {
      expect(() => instance.evaluate(CONFLICT))
        .to.throw(EngineFault)
        .with.property('fault', 'conflict');
    }
    expect(instance.evaluate(GOOD)).to.equal('[{"result":1}]');
  });

  it('trap 1: 5,000 throwing builtins do not poison the engine', async () => {
    const instance = await instanceOf(throwing, { builtins: new Map([['test.boom', boom]]) });
    for (let i = 0; i < 5000; i++) {
      expect(() => instance.evaluate(CONFLICT))
        .to.throw(EngineFault)
        .with.property('fault', 'builtin');
    }
    expect(instance.evaluate(GOOD)).to.equal('[{"result":[1]}]');
  });

  it('trap 1: data loaded before a throw is there after it', async () => {
    const instance = await instanceOf({
      rego: 'decision := [data.big[count(data.big) - 1], v] if some v in input.a',
      data: { big: Array.from({ length: 2000 }, (_, i) => `entry ${String(i)}`) },
    });
    for (let i = 0; i < 50; i++) {
      expect(() => instance.evaluate(CONFLICT)).to.throw(EngineFault);
      expect(instance.evaluate(GOOD)).to.equal('[{"result":["entry 1999",1]}]');
    }
  });

  it('trap 1: a request after one that threw is answered, by the engine as a whole', async () => {
    const engine = await engineOf({
      rego: `
decision := {"effect": "deny", "reasons": [], "obligations": [{"id": "o", "type": v, "properties": {}}]} if {
  some v in input.agent.roles
}`,
    });
    const conflicting = requestInput({ agent: { roles: ['a', 'b'] } });
    for (let i = 0; i < 600; i++) {
      expect((await rejection(engine.decide(conflicting))).message).to.match(/conflict/);
    }
    const { result } = await engine.decide(requestInput());
    expect(result.obligations[0]?.type).to.equal('probe');
    expect(engine.counters()).to.include({ instanceReplacements: 600 });
    expect(engine.counters().faults.conflict).to.equal(600);
  });

  it('control: the package alone throws for everybody after 600 conflicts', async () => {
    const policy = await rawPolicy(source);
    for (let i = 0; i < 600; i++) thrownBy(() => policy.evaluate({ a: [1, 2] }));
    expect(thrownBy(() => policy.evaluate({ a: [1] }))).to.not.equal(undefined);
  });

  it('control: the package alone throws for everybody after 2,000 lone surrogates', async () => {
    const policy = await rawPolicy(source);
    for (let i = 0; i < 2000; i++) thrownBy(() => policy.evaluate({ user: '\ud800' }));
    expect(thrownBy(() => policy.evaluate({ a: [1] }))).to.not.equal(undefined);
  });
});
