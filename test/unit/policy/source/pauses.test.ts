import { expect } from 'chai';
import { pollPauseMs, retryPauseMs } from '../../../../src/policy/source/pauses.js';

const settings = (random: number) => ({ minMs: 60_000, maxMs: 120_000, random: () => random });

describe('pauses between two requests', () => {
  it('are anything between the shortest and the longest', () => {
    expect([0, 0.5, 1].map((r) => pollPauseMs(settings(r)))).to.deep.equal([
      60_000, 90_000, 120_000,
    ]);
  });

  it('grow by 1.6 after each failure, up to the longest, give or take a fifth', () => {
    const after = (failures: number, random = 0.5) =>
      Math.round(retryPauseMs(failures, settings(random)));
    expect([1, 2, 3, 10].map((n) => after(n))).to.deep.equal([100, 160, 256, 6872]);
    expect(after(1000)).to.equal(120_000);
    expect([after(1, 0), after(1, 1)]).to.deep.equal([80, 120]);
  });
});
