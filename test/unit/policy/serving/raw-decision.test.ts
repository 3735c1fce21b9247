import { expect } from 'chai';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { Bundle } from '../../../../src/policy/bundle/read.js';
import { BundleRefused } from '../../../../src/policy/bundle/refused.js';
import { RawDecisions } from '../../../../src/policy/serving/raw-decision.js';
import { fixtureBundle } from '../../../support/bundles/build.js';

const RULES = `
decision := input.value
other := 1 if input.one
`;
const ENTRYPOINTS = ['countersign/decision', 'countersign/other'];

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
}

describe('raw decisions', () => {
  let bundle: Bundle;
  before(async () => {
    bundle = await fixtureBundle({ rego: RULES, entrypoints: ENTRYPOINTS });
  });
  const over = (open: () => Promise<Bundle>, monotonicMs?: () => number) =>
    new RawDecisions({
      activeDigest: () => Promise.resolve(bundle.digest),
      open,
      breaker: { maxMs: 100, tripAfter: 2, coolDownMs: 1000 },
      ...(monotonicMs === undefined ? {} : { monotonicMs }),
    });

  it('evaluate each entrypoint of the manifest and no other', async () => {
    const raw = over(() => Promise.resolve(bundle));
    const { revision } = bundle;
    const decided = await raw.evaluate('countersign/decision', { value: [1, { a: null }] });
    expect(decided).to.deep.include({ defined: true, result: [1, { a: null }], revision });
    expect(await raw.evaluate('countersign/other', {})).to.deep.include({ defined: false });
    const unknown = await raw.evaluate('countersign/neither', {});
    expect(unknown).to.deep.equal({ defined: false, revision });
  });

  it('distinguish a result of null or false from no result', async () => {
    const raw = over(() => Promise.resolve(bundle));
    for (const value of [null, false, 0, '', [], {}]) {
      const decided = await raw.evaluate('countersign/decision', { value });
      expect(decided).to.deep.include({ defined: true, result: value });
    }
  });

  it('open a bundle once for many concurrent uses, and again after it could not be read', async () => {
    let opened = 0;
    let broken = true;
    const raw = over(() => {
      opened += 1;
      return broken
        ? Promise.reject(new BundleRefused('missing', ['gone']))
        : Promise.resolve(bundle);
    });
    const ask = () => raw.evaluate('countersign/decision', { value: 1 });
    expect(await codeOf(ask())).to.equal('temporarily_unavailable');
    broken = false;
    await Promise.all([ask(), ask(), ask()]);
    expect(opened).to.equal(2);
  });

  it('are refused for a while when one after the other was slow', async () => {
    let nowMs = 0;
    let stepMs = 150;
    const raw = over(
      () => Promise.resolve(bundle),
      () => (nowMs += stepMs),
    );
    const ask = () => codeOf(raw.evaluate('countersign/decision', { value: 1 }));
    expect([await ask(), await ask(), await ask()]).to.deep.equal([
      ...['none', 'none', 'temporarily_unavailable'],
    ]);
    stepMs = 1;
    nowMs += 1000;
    expect(await ask()).to.equal('none');
  });

  it('refuse without a bundle, and an input that cannot be written as it is', async () => {
    const none = new RawDecisions({
      activeDigest: () => Promise.resolve(undefined),
      open: () => Promise.resolve(bundle),
    });
    const lone = { value: '\ud800' };
    expect(await codeOf(none.evaluate('countersign/decision', {}))).to.equal(
      'temporarily_unavailable',
    );
    const raw = over(() => Promise.resolve(bundle));
    for (const input of [lone, { value: Number.NaN }, { value: 2 ** 60 }]) {
      expect(await codeOf(raw.evaluate('countersign/decision', input))).to.equal('invalid_request');
    }
    expect((await raw.evaluate('countersign/decision', { value: 2 })).result).to.equal(2);
  });
});
