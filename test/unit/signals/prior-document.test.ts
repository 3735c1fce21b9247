import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_PRIOR, type SignalPrior } from '../../../src/domain/signals.js';
import { createCachedPriors } from '../../../src/signals/priors/cached-priors.js';
import { parsePriors, priorsText } from '../../../src/signals/priors/document.js';
import { clampPrior, PRIOR_MEMBERS } from '../../../src/signals/priors/prior.js';

const USUAL: SignalPrior = {
  requests_10m: 2,
  dispersion: 3,
  denial_share: 0.01,
  novelty_share: 0.02,
};

describe('the document of priors', () => {
  const good = priorsText(new Map([['a', { prior: USUAL, agents: 20, learned_at_ms: 5 }]]));

  it('comes back as it was written', () => {
    expect(parsePriors(good)).to.deep.equal(
      new Map([['a', { prior: USUAL, agents: 20, learned_at_ms: 5 }]]),
    );
  });

  for (const [what, text] of [
    ['no JSON', '{'],
    ['the empty text', ''],
    ['null', 'null'],
    ['another version', good.replace('"version":1', '"version":2')],
    ['a negative number', good.replace('"dispersion":3', '"dispersion":-3')],
    ['a text for a number', good.replace('"dispersion":3', '"dispersion":"3"')],
    ['a number past all', good.replace('"dispersion":3', '"dispersion":1e999')],
    ['a missing member', good.replace('"dispersion":3,', '')],
    ['another member', good.replace('"agents"', '"x":1,"agents"')],
    ['a text without end', `${good}${' '.repeat(70_000)}`],
  ] as const) {
    it(`is refused: ${what}`, () => {
      expect(parsePriors(text)).to.equal(undefined);
    });
  }

  it('is clamped when it is read, for any writer', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (value) => {
        const text = good.replaceAll(/:(?:2|3|0\.01|0\.02)([,}])/g, `:${String(value)}$1`);
        const prior = parsePriors(text)?.get('a')?.prior;
        if (prior === undefined) throw new Error('refused');
        for (const member of PRIOR_MEMBERS) {
          expect(prior[member]).to.be.within(DEFAULT_PRIOR[member] / 4, DEFAULT_PRIOR[member] * 4);
        }
        expect(prior.dispersion).to.be.at.least(1);
        expect(clampPrior(prior)).to.deep.equal(prior);
      }),
    );
  });
});

describe('the priors of a service', () => {
  function reading(text: string | undefined) {
    const lines: string[] = [];
    const state: { text: string | undefined | Error } = { text };
    const priors = createCachedPriors(
      {
        read: () =>
          state.text instanceof Error ? Promise.reject(state.text) : Promise.resolve(state.text),
      },
      { warn: (_fields, message) => lines.push(message) },
    );
    return { priors, lines, state };
  }
  const document = priorsText(new Map([['a', { prior: USUAL, agents: 20, learned_at_ms: 5 }]]));

  it('are the defaults until they were read, and for classes nothing is known of', async () => {
    const { priors } = reading(document);
    expect(priors.of('a')).to.deep.equal(DEFAULT_PRIOR);
    await priors.refresh();
    expect([priors.of('a'), priors.of('b'), priors.of('__proto__')]).to.deep.equal([
      USUAL,
      DEFAULT_PRIOR,
      DEFAULT_PRIOR,
    ]);
  });

  it('are the defaults again when the document is invalid, and it is logged once', async () => {
    const { priors, lines, state } = reading(document);
    await priors.refresh();
    state.text = '[]';
    await priors.refresh();
    await priors.refresh();
    expect(priors.of('a')).to.deep.equal(DEFAULT_PRIOR);
    expect(lines).to.have.length(1);
    state.text = document;
    await priors.refresh();
    expect(priors.of('a')).to.deep.equal(USUAL);
    state.text = undefined;
    await priors.refresh();
    expect(priors.of('a')).to.deep.equal(DEFAULT_PRIOR);
    expect(lines).to.have.length(1);
  });

  it('stay as they were when the store is away', async () => {
    const { priors, state } = reading(document);
    await priors.refresh();
    state.text = new Error('away');
    const failed = await priors.refresh().catch((error: unknown) => error);
    expect(failed).to.equal(state.text);
    expect(priors.of('a')).to.deep.equal(USUAL);
  });
});
