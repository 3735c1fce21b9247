import { expect } from 'chai';
import { BundleRefused } from '../../../../src/policy/bundle/refused.js';
import { createEvaluator } from '../../../../src/policy/serving/raw-evaluator.js';
import { fixtureBundle, type BundleSource } from '../../../support/bundles/build.js';
import { rejection } from '../engine-of.js';

/** A decision in addition to OPA's two rules of the decision log. */
const SOURCE: BundleSource = {
  rego: {
    'countersign/policy.rego': `package countersign

decision := {"effect": "deny", "reasons": [], "obligations": []}`,
    'system/log.rego': `package system.log

mask contains "/input/password" if input.input.password

mask contains {"op": "upsert", "path": "/input/user", "value": "someone"} if input.input.user

drop if input.input.probe

# Two values of one rule: the evaluation fails.
conflict := 1 if input.a
conflict := 2 if input.b`,
  },
  entrypoints: [
    'countersign/decision',
    'system/log/mask',
    'system/log/drop',
    'system/log/conflict',
  ],
};

describe('raw evaluator', () => {
  it('gives the value of any entrypoint, sets as arrays, undefined as undefined', async () => {
    const bundle = await fixtureBundle(SOURCE);
    const mask = await createEvaluator(bundle, 'system/log/mask');
    expect(mask.evaluate({ input: { password: 'x', user: 'y' } })).to.have.deep.members([
      '/input/password',
      { op: 'upsert', path: '/input/user', value: 'someone' },
    ]);
    expect(mask.evaluate({ input: {} })).to.deep.equal([]);
    const drop = await createEvaluator(bundle, 'system/log/drop');
    expect(drop.evaluate({ input: { probe: true } })).to.equal(true);
    expect(drop.evaluate({ input: {} })).to.equal(undefined);
  });

  it('works after any number of evaluations that failed', async () => {
    const conflict = await createEvaluator(await fixtureBundle(SOURCE), 'system/log/conflict');
    for (let i = 0; i < 600; i++) {
      expect(() => conflict.evaluate({ a: true, b: true })).to.throw(/conflict/);
    }
    expect(conflict.evaluate({ a: true })).to.equal(1);
  });

  it('refuses an input that is not an object or too large, and text that would corrupt the instance', async () => {
    const limits = { inputMaxBytes: 100 };
    const mask = await createEvaluator(await fixtureBundle(SOURCE), 'system/log/mask', limits);
    for (const input of ['text', null, [1], undefined, { a: '\ud800' }, { a: 'x'.repeat(200) }]) {
      expect(() => mask.evaluate(input), JSON.stringify(input))
        .to.throw()
        .with.property('fault', 'input_invalid');
    }
    expect(mask.evaluate({ input: {} })).to.deep.equal([]);
  });

  it('refuses a result that is too large', async () => {
    const bundle = await fixtureBundle(SOURCE);
    const mask = await createEvaluator(bundle, 'system/log/mask', { resultMaxBytes: 10 });
    expect(() => mask.evaluate({ input: { password: 1, user: 1 } })).to.throw('too large');
  });

  it('refuses an entrypoint that the bundle does not have', async () => {
    const refused = await rejection(
      createEvaluator(await fixtureBundle(SOURCE), 'system/log/nothing'),
    );
    expect(refused).to.be.instanceOf(BundleRefused);
  });
});
