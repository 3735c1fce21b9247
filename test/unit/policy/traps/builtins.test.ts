import { expect } from 'chai';
import { BundleRefused } from '../../../../src/policy/bundle/refused.js';
import { EngineFault } from '../../../../src/policy/serving/fault.js';
import type { PolicyInstance } from '../../../../src/policy/wasm/instance.js';
import type { BundleSource } from '../../../support/bundles/build.js';
import { ALLOW, engineOf, rejection, requestInput } from '../engine-of.js';
import { instanceOf } from '../instance-of.js';
import { rawPolicy } from '../raw-package.js';

const calling: BundleSource = {
  rego: 'default decision := "no"\n\ndecision := "yes" if test.call(input.a)',
  builtins: [{ name: 'test.call', arity: 1 }],
};
const A = Buffer.from('{"a":1}');

function supplying(call: () => unknown): {
  builtins: Map<string, { arity: number; call: () => unknown }>;
} {
  return { builtins: new Map([['test.call', { arity: 1, call }]]) };
}

describe('traps 4, 5, 12 and 15: builtins', () => {
  for (const [what, value] of [
    ['a promise', Promise.resolve(false)],
    ['a thenable', { then: (): undefined => undefined }],
    ['NaN', Number.NaN],
    ['Infinity', [Number.POSITIVE_INFINITY]],
    ['undefined', undefined],
    ['undefined inside', { x: undefined }],
    ['a function', (): boolean => true],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
  ] as const) {
    it(`trap 4: a builtin that returns ${what} ends the evaluation`, async () => {
      const instance = await instanceOf(
        calling,
        supplying(() => value),
      );
      expect(() => instance.evaluate(A))
        .to.throw(EngineFault)
        .with.property('fault', 'builtin');
    });
  }

  it('control: the package alone takes a promise of false for true', async () => {
    const policy = await rawPolicy(calling, { 'test.call': () => Promise.resolve(false) });
    expect(policy.evaluate({ a: 1 })).to.deep.equal([{ result: 'yes' }]);
  });

  it('trap 5: a bundle that needs an unavailable builtin is refused at load, by name', async () => {
    const reachedNever = `${ALLOW}\nnever if {\n  input.agent.id == "nobody"\n  test.gone(1)\n  test.lost(1)\n}\nunused := never`;
    const names = ['test.gone', 'test.lost'];
    const source = {
      rego: reachedNever.replace('input.agent.id != "blocked"', 'not never'),
      builtins: names.map((name) => ({ name, arity: 1 })),
    };
    const error = await rejection(engineOf(source));
    if (!(error instanceof BundleRefused)) throw error;
    expect(error.code).to.equal('missing_builtin');
    expect(error.problems).to.deep.equal(names);
  });

  it('control: the package alone fails only when the line is reached', async () => {
    const policy = await rawPolicy({
      rego: 'default decision := "ok"\n\ndecision := "x" if {\n  input.a == 2\n  test.call(1)\n}',
      builtins: [{ name: 'test.call', arity: 1 }],
    });
    expect(policy.evaluate({ a: 1 })).to.deep.equal([{ result: 'ok' }]);
  });

  it('trap 12: a builtin that fails inside a deny rule does not let the request through', async () => {
    const engine = await engineOf({
      rego: `
decision := {"effect": "deny", "reasons": [], "obligations": []} if {
  time.parse_rfc3339_ns(input.agent.labels.until) < 0
} else := {"effect": "allow", "grant": {"scopes": input.request.scopes, "ttl_seconds": 60}, "reasons": [], "obligations": []}
`,
    });
    const input = requestInput({ agent: { labels: { until: 'not a time' } } });
    const error = await rejection(engine.decide(input));
    expect(error).to.include({ code: 'temporarily_unavailable' });
    expect(error.message).to.contain('builtin');
  });

  it('control: the package alone allows it, since the error is undefined', async () => {
    const policy = await rawPolicy(
      {
        rego: 'decision := "deny" if test.call(input.a)\nelse := "allow"',
        builtins: [{ name: 'test.call', arity: 1 }],
      },
      { 'test.call': () => undefined },
    );
    expect(policy.evaluate({ a: 1 })).to.deep.equal([{ result: 'allow' }]);
  });

  it('trap 15: evaluate called during an evaluation is a fault, and harms nothing', async () => {
    let inner: (() => unknown) | undefined;
    const instance: PolicyInstance = await instanceOf(
      calling,
      supplying(() => inner?.() ?? true),
    );
    inner = (): unknown => instance.evaluate(A);
    expect(() => instance.evaluate(A))
      .to.throw(EngineFault)
      .with.property('fault', 'reentrant');
    inner = undefined;
    expect(instance.evaluate(A)).to.equal('[{"result":"yes"}]');
  });
});
